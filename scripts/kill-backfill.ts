/**
 * Kills a backfill in process behind every one of its activities, one run for each, and compares what the next run ends
 * with to an undisturbed one. Two symbols of 2,000 candles.
 *
 *     node --conditions=lab-source scripts/kill-backfill.ts [--rows 2000]
 *
 * Prints one JSON document: how many kills there were, behind which activities, and every difference. Exit 1 where there
 * is one.
 */
import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { temporaryFolder } from "../src/lib/testing/temporary-folder.ts";
import type { JobRef } from "../workflows/job.ts";
import { digestOf, fixtureCandles, keepFixture, SYMBOLS, writeCandles } from "../workflows/testing/backfill-fixture.ts"; // prettier-ignore

const { values: args } = parseArgs({ options: { rows: { type: "string", default: "2000" } } });
const CHILD = fileURLToPath(new URL("../workflows/testing/killed-local.ts", import.meta.url));

/** The activities that were through, and the signal by which it ended. */
function run(
  ref: JobRef,
  ...when: readonly string[]
): { readonly steps: string[]; readonly signal: string | null } {
  const flags = ["--conditions=lab-source", "--disable-warning=ExperimentalWarning"];
  const { stdout, stderr, signal, status } = spawnSync(
    process.execPath,
    [...flags, CHILD, JSON.stringify(ref), ...when],
    { encoding: "utf8" },
  );
  if (signal === null && status !== 0) throw new Error(stderr);
  return { steps: stdout.trim().split("\n"), signal };
}

const at = temporaryFolder();
try {
  const rows = Number(args.rows);
  const files = Object.fromEntries(
    SYMBOLS.map((symbol) => [symbol, writeCandles(at.path, fixtureCandles(symbol, rows))]),
  );
  const memoryOf = (name: string | number): string => path.join(at.path, `memory-${name}`);
  const { steps } = run(keepFixture(memoryOf("whole"), files));
  const whole = digestOf(memoryOf("whole"));
  const wrong: object[] = [];
  let kills = 0;
  for (let n = 1; n <= steps.length; n++) {
    const memory = memoryOf(n);
    const ref = keepFixture(memory, files);
    const { steps: done, signal } = run(ref, String(n));
    if (signal === "SIGKILL") kills++;
    run(ref);
    const digest = digestOf(memory);
    if (signal !== "SIGKILL" || digest.all !== whole.all)
      wrong.push({ n, behind: done.at(-1), signal, digest });
    process.stderr.write(".");
  }
  process.stdout.write(
    `\n${JSON.stringify({ schema: "rhyme.kills/1", rows, steps, kills, whole, wrong }, null, 2)}\n`,
  );
  if (wrong.length > 0) process.exitCode = 1;
} finally {
  at.remove();
}
