/**
 * Kills `./rhyme remember` at many random moments and compares what the next run finishes with an undisturbed one.
 *
 *     node --conditions=lab-source scripts/kill-remember.ts [--kills 500] [--seed 1] [--lanes 2]
 *
 * Prints one JSON document: how many kills met which run, how many memories were unfinished then, and every
 * difference. Exit 1 where there is one.
 */
import { parseArgs } from "node:util";
import { killRemember, type Killed } from "../src/cli/faults/kill-remember.ts";
import { workloads } from "../src/cli/faults/workloads.ts";
import { temporaryFolder } from "../src/lib/testing/temporary-folder.ts";

const { values: args } = parseArgs({
  options: {
    kills: { type: "string", default: "500" },
    seed: { type: "string", default: "1" },
    lanes: { type: "string", default: "2" },
  },
});
const [kills, seed, lanes] = [args.kills, args.seed, args.lanes].map(Number) as [number, number, number];
/** Share of the kills that each kind of run gets. */
const SHARES: Readonly<Record<string, number>> = { begin: 0.64, fit: 0.16, fix: 0.2 };

const at = temporaryFolder();
try {
  const started = performance.now();
  const killed: Killed[] = [];
  for (const workload of await workloads(at.path)) {
    const share = Math.round(kills * SHARES[workload.name]!);
    const onKill = (): void => void process.stderr.write(".");
    killed.push(...(await killRemember(workload, { folder: at.path, kills: share, seed, lanes, onKill })));
  }
  const wrong = killed.filter((one) => one.wrong.length > 0);
  const count = (name: string): object => {
    const mine = killed.filter(({ workload }) => workload === name);
    return { kills: mine.length, unfinished: mine.filter(({ unfinished }) => unfinished).length };
  };
  const runs = Object.fromEntries(Object.keys(SHARES).map((name) => [name, count(name)]));
  const seconds = Math.round((performance.now() - started) / 1000);
  const result = { schema: "rhyme.kills/1", seed, lanes, kills: killed.length, seconds, runs, wrong };
  process.stdout.write(`\n${JSON.stringify(result, null, 2)}\n`);
  if (wrong.length > 0) process.exitCode = 1;
} finally {
  at.remove();
}
