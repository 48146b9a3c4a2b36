import { Option, type Command } from "commander";
import { globSync } from "node:fs";
import { join, resolve } from "node:path";
import { EXIT } from "../errors.ts";
import { interruptSignal } from "../interrupt.ts";
import { ROOT } from "../test-runner/run-tool.ts";
import { realServerOf } from "../test-runner/real-servers.ts";
import { CHECKS, runTests, type Check } from "../test-runner/run-tests.ts";
import { countingLine, type Tally } from "../test-runner/tally.ts";
import { createUi, type Ui } from "../ui.ts";

const EXAMPLES = `Examples:
  ./rhyme test                    all that CI checks
  ./rhyme test memory/            only the tests whose path contains "memory/"
  ./rhyme test --only types       only one of ${CHECKS.join(", ")}
`;

const VARIABLES = `
RHYME_DATA names the folder of real candles; tests that need it are skipped, and named, without it.
RHYME_REQUIRE=data,weaviate,temporal,python lists what may not be skipped; python is installed, weaviate and temporal
are built into the cache once. Tests against a real server start one of their own. The last line counts: N passed, N failed[, N skipped].`;

/** `./rhyme test`: format, lint, types, tests, Weaviate, notebooks and look-ahead; exit 1 when anything failed. */
export function addTest(program: Command): void {
  program
    .command("test")
    .summary("all that CI checks: format, lint, types, tests, real servers, notebooks, look-ahead")
    .description(
      "Runs format check, lint, types, tests, also those against a real Weaviate and Temporal, all notebooks and 2,000 generated " +
        "histories; its last line counts them.",
    )
    .argument("[filter...]", "run only the tests whose path contains one of these")
    .addOption(new Option("--only <check>", "run only this check").choices(CHECKS))
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", VARIABLES)
    .action(runTestCommand);
}

async function runTestCommand(
  filters: readonly string[],
  options: { only?: Check; json?: boolean; quiet?: boolean },
): Promise<void> {
  const ui = createUi(options);
  for (const name of ["RHYME_DATA", "RHYME_WEAVIATE", "RHYME_TEMPORAL"]) {
    const path = process.env[name];
    if (path) process.env[name] = resolve(path); // the tests run in the checkout, wherever this was typed
  }
  const checks = options.only ? [options.only] : filters.length > 0 ? checksOf(filters) : CHECKS;
  const tallies = await runTests({ checks, filters, json: options.json === true }, ui, interruptSignal());
  if (options.json) ui.json(document(tallies));
  else conclude(tallies, ui);
  if (tallies.some((tally) => tally.failed > 0)) process.exitCode = EXIT.checksFailed;
}

/** The checks whose test files these filters name; all of the tests' where none does, so that it is said. */
function checksOf(filters: readonly string[]): readonly Check[] {
  const files = globSync("{src,workflows,notebooks,bench,weaviate}/**/*.{test,test-prop}.ts", { cwd: ROOT });
  const named = files.filter((file) => filters.some((filter) => join(ROOT, file).includes(filter)));
  const found = new Set<Check>(named.map((file) => realServerOf(file) ?? "unit"));
  return found.size === 0 ? ["unit"] : CHECKS.filter((check) => found.has(check));
}

/** The skipped by name, then the counting line: the last line of all. */
function conclude(tallies: readonly Tally[], ui: Ui): void {
  for (const { file, name, reason } of tallies.flatMap((tally) => tally.skipped))
    ui.out(`skipped  ${file} > ${name}${reason ? `  (${reason})` : ""}`);
  ui.out(countingLine(tallies));
}

function document(tallies: readonly Tally[]): object {
  const total = (key: "passed" | "failed"): number => tallies.reduce((sum, tally) => sum + tally[key], 0);
  return {
    schema: "rhyme.test/1",
    passed: total("passed"),
    failed: total("failed"),
    skipped: tallies.flatMap((tally) => tally.skipped),
    checks: tallies,
  };
}
