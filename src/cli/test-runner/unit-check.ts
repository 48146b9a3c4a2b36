import { mkdtemp, readFile, rm } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { absence, FACILITIES, required, type Facility } from "../../lib/testing/require.ts";
import { ROOT, runTool } from "./run-tool.ts";
import type { Skip, Tally } from "./tally.ts";
import { tallyReport } from "./vitest-report.ts";

/** Tests by vitest, and the file that says which: those of the sources alone, and those against a real server. */
const CONFIGS = {
  unit: "vitest.config.ts",
  weaviate: "vitest.weaviate.config.ts",
  temporal: "vitest.temporal.config.ts",
} as const;

export interface UnitOptions {
  readonly check: keyof typeof CONFIGS;
  readonly filters: readonly string[];
  readonly signal: AbortSignal;
  readonly colour: boolean;
  /** File descriptor that shows vitest's own output. */
  readonly show: number;
}

/** Example and property tests by vitest; its own output is shown as it comes, the counts come from its JSON report. */
export async function runUnitCheck(options: UnitOptions): Promise<Tally> {
  const folder = await mkdtemp(join(tmpdir(), "rhyme-test-"));
  try {
    const report = join(folder, "report.json");
    const reporters = [`--reporter=${options.colour ? "default" : "dot"}`, "--reporter=json"];
    const args = ["node_modules/vitest/vitest.mjs", "run", "--config", CONFIGS[options.check]];
    const to = [...reporters, `--outputFile.json=${report}`];
    const { exitCode } = await runTool([...args, ...to, ...options.filters], options);
    const text = await readFile(report, "utf8").catch(() => null);
    if (text === null) return crashed(exitCode, options);
    const tally = forbidSkips(tallyReport(JSON.parse(text), ROOT, exitCode, reasonOf));
    return { ...tally, check: options.check };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function crashed(exitCode: number, { check, filters }: UnitOptions): Tally {
  const cause =
    filters.length > 0 ? `no test file matches ${filters.join(" ")}, or vitest crashed` : "vitest crashed";
  const failures = [`no report: ${cause} (exit ${exitCode})`];
  return { check, passed: 0, failed: 1, skipped: [], failures };
}

/** Which facilities a test file speaks of: those decide why its tests were skipped. */
function facilitiesOf(file: string): readonly Facility[] {
  const text = readFileSync(file, "utf8");
  const names = Object.keys(FACILITIES) as Facility[];
  return names.filter(
    (name) => text.includes(FACILITIES[name].variable) || text.includes(`needs("${name}")`),
  );
}

function reasonOf(file: string): string {
  return facilitiesOf(file)
    .map((facility) => absence(facility))
    .filter((reason) => reason !== null)
    .join("; ");
}

/** A test that was skipped although RHYME_REQUIRE lists what its file needs has failed. */
export function forbidSkips(tally: Tally, needed: readonly Facility[] = required()): Tally {
  const forbidden = (skip: Skip): boolean =>
    facilitiesOf(join(ROOT, skip.file)).some((facility) => needed.includes(facility));
  const failures = tally.skipped
    .filter(forbidden)
    .map((skip) => `${skip.file} > ${skip.name}: skipped, but RHYME_REQUIRE lists what it needs`);
  return {
    ...tally,
    failed: tally.failed + failures.length,
    skipped: tally.skipped.filter((skip) => !forbidden(skip)),
    failures: [...tally.failures, ...failures],
  };
}
