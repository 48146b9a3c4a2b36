/**
 * Kills a Weaviate with SIGKILL at many random moments while it is written to, and compares what it holds then, and
 * after a sync, with the memory.
 *
 *     RHYME_WEAVIATE=… node --conditions=lab-source scripts/kill-weaviate.ts [--kills 300] [--seed 1] [--out FILE]
 *
 * Kills are noted one by one in FILE.part: stopped and started again, it goes on. FILE, by default
 * bench/results/weaviate-kills.json, is the record. Exit 1 where anything was wrong.
 */
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { WORKS } from "../src/cli/faults/killed-work.ts";
import { killWeaviate, type ServerKilled } from "../src/cli/faults/kill-weaviate.ts";
import { measuredHere } from "../src/cli/machine.ts";
import { temporaryFolder } from "../src/lib/testing/temporary-folder.ts";

const { values: args } = parseArgs({
  options: {
    kills: { type: "string", default: "300" },
    seed: { type: "string", default: "1" },
    out: { type: "string", default: "bench/results/weaviate-kills.json" },
  },
});
const [kills, seed] = [Number(args.kills), Number(args.seed)];
const binary = process.env["RHYME_WEAVIATE"];
if (!binary) throw new Error("RHYME_WEAVIATE is not set: the server's binary");

interface Noted extends ServerKilled {
  readonly seed: number;
  readonly load: number;
  /** Since the kill before, or the start. */
  readonly seconds: number;
}

const part = `${args.out}.part`;
const noted = (): readonly Noted[] => {
  const lines = existsSync(part) ? readFileSync(part, "utf8").trimEnd().split("\n").filter(Boolean) : [];
  return lines.map((line) => JSON.parse(line) as Noted).filter((one) => one.seed === seed);
};

const at = temporaryFolder();
try {
  const before = noted();
  const from = before.length === 0 ? 0 : before.at(-1)!.n + 1;
  let since = performance.now();
  const onKill = (killed: ServerKilled): void => {
    const seconds = Math.round((performance.now() - since) / 100) / 10;
    since = performance.now();
    const load = Math.round(10 * loadavg()[0]!) / 10;
    appendFileSync(part, `${JSON.stringify({ seed, ...killed, load, seconds })}\n`);
    process.stderr.write(killed.wrong.length > 0 ? "!" : ".");
  };
  const left = Math.max(0, kills - before.length);
  if (left > 0) await killWeaviate({ binary, folder: at.path, from, kills: left, seed, onKill });
} finally {
  at.remove();
}

const all = noted();
const sum = (of: (one: Noted) => number): number => all.reduce((total, one) => total + of(one), 0);
function counts(some: readonly Noted[]): object {
  const count = (test: (one: Noted) => boolean): number => some.filter(test).length;
  return {
    kills: some.length,
    cutShort: count(({ during }) => during),
    killedAgainWhileStarting: count(({ twice }) => twice),
    restartHadAll: count(({ mended }) => mended === "restart"),
    syncMended: count(({ mended }) => mended === "sync"),
    rebuildNeeded: count(({ mended }) => mended === "rebuild"),
    keptButNotFound: count(({ blind }) => blind),
  };
}
const wrong = all.filter((one) => one.wrong.length > 0 || one.lost > 0);
const record = {
  schema: "rhyme.weaviate-kills/1",
  seed,
  ...(await measuredHere(AbortSignal.timeout(10_000))),
  load: { mean: Math.round((10 * sum(({ load }) => load)) / all.length) / 10 },
  seconds: Math.round(sum(({ seconds }) => seconds)),
  ...counts(all),
  acknowledged: sum(({ acknowledged }) => acknowledged),
  acknowledgedAndLost: sum(({ lost }) => lost),
  outOfReachOfTheGraph: sum(({ unreached }) => unreached),
  wrong,
  works: Object.fromEntries(WORKS.map((name) => [name, counts(all.filter(({ work }) => work === name))])),
};
writeFileSync(args.out, `${JSON.stringify(record, null, 2)}\n`);
rmSync(part);
process.stdout.write(`\n${JSON.stringify(record, null, 2)}\n`);
if (wrong.length > 0) process.exitCode = 1;
