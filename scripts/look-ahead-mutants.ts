// Holds every planted bug and every look-alike against the look-ahead harness, each in processes of their own.
//   node scripts/look-ahead-mutants.ts [NAME…]      all, or those named; exit 1 where a bug is missed or a look-alike is not
//   node scripts/look-ahead-mutants.ts --write      also writes the tables of docs/look-ahead-mutants.md
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { failuresOf, linesOf, NAMES, summaryOf } from "../src/lib/testing/mutants/mutant-table.ts";
import { withTables } from "../src/lib/testing/mutants/mutants-page.ts";
import { runMutants } from "../src/lib/testing/mutants/run-mutants.ts";

const page = path.resolve(import.meta.dirname, "..", "docs", "look-ahead-mutants.md");
const flags = process.argv.slice(2).filter((one) => one.startsWith("--"));
const names = process.argv.slice(2).filter((one) => !one.startsWith("--"));
const wrong =
  flags.find((flag) => flag !== "--write") ??
  names.find((name) => !NAMES.includes(name)) ??
  (flags.length > 0 && names.length > 0 ? "--write with names: the page shows all" : undefined);
if (wrong !== undefined) throw new Error(`not understood: ${wrong}; there are ${NAMES.join(", ")}`);

const trials = await runMutants(names.length > 0 ? names : NAMES, {
  onTrial: (trial) => process.stdout.write(`${linesOf(trial)}\n`),
});
const failures = failuresOf(trials);
if (names.length === 0) {
  const { median, most } = summaryOf(trials);
  process.stdout.write(`histories that the planted bugs took: ${median} in the median, ${most} at most\n`);
  if (flags.includes("--write")) writeFileSync(page, withTables(readFileSync(page, "utf8"), trials));
}
for (const failure of failures) process.stderr.write(`${failure}\n`);
process.exitCode = failures.length > 0 ? 1 : 0;
