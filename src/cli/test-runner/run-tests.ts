import { absence, required, type Facility } from "../../lib/testing/require.ts";
import { formatDuration, type Ui } from "../ui.ts";
import { runLookAheadCheck } from "./look-ahead-check.ts";
import { runNotebooksCheck } from "./notebooks-check.ts";
import { providePython } from "./python.ts";
import { provideServer, REAL_SERVER_NAMES, withoutServer, type RealServerName } from "./real-servers.ts";
import { runStaticCheck, STATIC_CHECKS, type StaticCheck } from "./static-checks.ts";
import type { Tally } from "./tally.ts";
import { runUnitCheck } from "./unit-check.ts";

/** In the order in which they run. */
export const CHECKS = [
  "format",
  "lint",
  "types",
  "unit",
  "weaviate",
  "temporal",
  "notebooks",
  "look-ahead",
] as const;
export type Check = (typeof CHECKS)[number];

export interface TestPlan {
  readonly checks: readonly Check[];
  /** Only test files whose path contains one of these. */
  readonly filters: readonly string[];
  readonly json: boolean;
}

/** Runs the checks one after the other; each is reported as it ends, failures as they are found. */
export async function runTests(plan: TestPlan, ui: Ui, signal: AbortSignal): Promise<readonly Tally[]> {
  const say = (text: string): void => (plan.json ? ui.note(text) : ui.out(text));
  const colour = !plan.json && process.stdout.isTTY === true && !process.env["NO_COLOR"];
  const tallies: Tally[] = [];
  const facilities = requiredFacilities(plan.checks, await provide(plan.checks, ui, signal));
  if (facilities) tallies.push(facilities);
  for (const failure of facilities?.failures ?? []) say(`${ui.red("failed")}  require  ${failure}`);
  for (const check of plan.checks) {
    const started = performance.now();
    const tally = await runCheck(check, plan, { ui, signal, colour });
    signal.throwIfAborted();
    tallies.push(tally);
    const verdict = tally.failed === 0 ? ui.green("ok    ") : ui.red("failed");
    say(`${verdict}  ${check.padEnd(10)}  ${formatDuration(performance.now() - started)}`);
    for (const failure of tally.failures) say(failure.replace(/^/gm, "  "));
  }
  return tallies;
}

/** Of the facilities those that a check could use; the others need none. */
const USED: Readonly<Partial<Record<Check, readonly Facility[]>>> = {
  unit: ["data", "python"],
  weaviate: ["weaviate", "data"],
  temporal: ["temporal", "weaviate", "data"],
  notebooks: ["data", "weaviate"],
};

type Missing = Readonly<Partial<Record<Facility, string | null>>>;

/** Installs and builds what is required, before any check is timed; says why something could not be had. */
async function provide(checks: readonly Check[], ui: Ui, signal: AbortSignal): Promise<Missing> {
  const wants = (facility: Facility): boolean => checks.some((check) => USED[check]?.includes(facility));
  const missing: { -readonly [Name in Facility]?: string | null } = {};
  if (wants("python")) missing.python = await providePython({ ui, signal });
  for (const name of REAL_SERVER_NAMES)
    if (wants(name)) missing[name] = await provideServer(name, { ui, signal });
  return missing;
}

/** What RHYME_REQUIRE lists, and one of the checks could use, must be here; null when nothing is missing. */
function requiredFacilities(checks: readonly Check[], missing: Missing): Tally | null {
  const used = new Set(checks.flatMap((check) => USED[check] ?? []));
  const failures = required().flatMap((facility) => {
    if (!used.has(facility)) return [];
    const reason = absence(facility);
    return reason === null ? [] : (missing[facility] ?? reason);
  });
  if (failures.length === 0) return null;
  return { check: "require", passed: 0, failed: failures.length, skipped: [], failures };
}

function runCheck(
  check: Check,
  { filters, json }: TestPlan,
  { ui, signal, colour }: { readonly ui: Ui; readonly signal: AbortSignal; readonly colour: boolean },
): Promise<Tally> {
  if (isStatic(check)) return runStaticCheck(check, { signal, colour });
  if (check === "look-ahead") return runLookAheadCheck({ ui, signal });
  if (check === "notebooks") return runNotebooksCheck({ ui, signal });
  const without = isReal(check) ? withoutServer(check) : null;
  if (without !== null) return Promise.resolve(without);
  return runUnitCheck({ check, filters, signal, colour, show: json ? 2 : 1 });
}

function isReal(check: Check): check is RealServerName {
  return REAL_SERVER_NAMES.some((name) => name === check);
}

function isStatic(check: Check): check is StaticCheck {
  return Object.hasOwn(STATIC_CHECKS, check);
}
