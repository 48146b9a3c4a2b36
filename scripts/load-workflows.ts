/**
 * One day of very many symbols, all queued at once: how much memory the server and a worker take, and how long the
 * longest history becomes.
 *
 *     RHYME_TEMPORAL=… node --conditions=lab-source scripts/load-workflows.ts [--symbols 1000] [--out FILE]
 *
 * Writes one JSON document to FILE, by default bench/results/workflow-load.json. Exit 1 where a history comes near its
 * limits, or the memory does not hold what a run in process leaves.
 */
import { writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { measuredHere } from "../src/cli/machine.ts";
import { temporaryFolder } from "../src/lib/testing/temporary-folder.ts";
import { underLoad, WARNED } from "../workflows/kills/load.ts";

const { values: args } = parseArgs({
  options: {
    symbols: { type: "string", default: "1000" },
    out: { type: "string", default: "bench/results/workflow-load.json" },
  },
});
const binary = process.env["RHYME_TEMPORAL"];
if (!binary) throw new Error("RHYME_TEMPORAL is not set: the server's binary");

const at = temporaryFolder();
try {
  const symbols = Number(args.symbols);
  const figures = await underLoad({ binary, at: at.path, symbols, withinMs: 7_200_000 });
  const { commit, machine } = await measuredHere(new AbortController().signal);
  const load = Math.round(10 * loadavg()[0]!) / 10;
  const record = { schema: "rhyme.workflow-load/1", commit, machine, load, warnedFrom: WARNED, ...figures };
  const text = `${JSON.stringify(record, null, 2)}\n`;
  writeFileSync(args.out, text);
  process.stdout.write(text);
  const { ended, wrong, mostEvents, mostBytes } = figures;
  if (ended !== "COMPLETED" || wrong.length > 0 || mostEvents >= WARNED.events || mostBytes >= WARNED.bytes)
    process.exitCode = 1;
} finally {
  at.remove();
}
