import type { Measured } from "../machine.ts";
import type { Cell } from "../ui.ts";
import type { HistoriesPlan, HistoriesResult } from "./check-histories.ts";
import type { SubjectCounts } from "./chunk.ts";
import { digestOfRun, shareOutside, type Untested } from "./run-state.ts";
import { violationRow, type ViolationRow } from "./violation-row.ts";

/** What a run over generated histories found; all but `run` is the same for equal seeds and code. */
export interface HistoriesDocument {
  readonly schema: "rhyme.look-ahead-histories/1";
  readonly seed: number;
  readonly chunk: number | null;
  readonly histories: number;
  readonly instants: number;
  readonly calls: number;
  readonly callsPerHistory: number;
  /** Of all that was said, in hex. */
  readonly digest: string;
  readonly subjects: readonly SubjectRow[];
  /** Subjects and columns of which no defined value was compared. */
  readonly neverTested: readonly Untested[];
  readonly violations: readonly ViolationRow[];
  readonly run: Measured & {
    readonly workers: number;
    readonly seconds: number;
    /** Share of the workers' time that did not go into the subjects' own calls. */
    readonly shareOutside: number;
    readonly microsecondsPerCall: Readonly<Record<string, number>>;
  };
}

export interface SubjectRow {
  readonly name: string;
  readonly histories: number;
  readonly instants: number;
  readonly calls: number;
  /** Defined values compared with what was known by an instant. */
  readonly values: number;
  readonly columns: Readonly<Record<string, number>>;
  /** Null where no history was one for it. */
  readonly violated: boolean | null;
}

export function documentOf(
  plan: HistoriesPlan,
  { state, violations, untested }: HistoriesResult,
  measured: Measured,
): HistoriesDocument {
  const counts = plan.subjects.map(({ name }) => [name, state.subjects[name] ?? NOTHING] as const);
  const sum = (key: "instants" | "calls"): number => counts.reduce((total, [, one]) => total + one[key], 0);
  return {
    ...{ schema: "rhyme.look-ahead-histories/1", seed: plan.seed, chunk: plan.chunk ?? null },
    ...{ histories: state.histories, instants: sum("instants"), calls: sum("calls") },
    callsPerHistory: rounded(sum("calls") / Math.max(1, state.histories)),
    digest: digestOfRun(state),
    subjects: counts.map(([name, { histories, instants, calls, values }]) => ({
      ...{ name, histories, instants, calls, values: total(values), columns: sorted(values) },
      violated: histories === 0 ? null : violations.some(({ subject }) => subject === name),
    })),
    neverTested: untested,
    violations: violations.map((one) => violationRow(plan, one)),
    run: {
      ...measured,
      workers: plan.workers,
      seconds: Math.round(state.wallMs) / 1000,
      shareOutside: Number(shareOutside(state).toFixed(4)),
      microsecondsPerCall: Object.fromEntries(
        counts.map(([name, { insideMs, calls }]) => [name, rounded((1000 * insideMs) / Math.max(1, calls))]),
      ),
    },
  };
}

const NOTHING: SubjectCounts = { histories: 0, instants: 0, calls: 0, insideMs: 0, values: {} };

function total(values: Readonly<Record<string, number>>): number {
  return Object.values(values).reduce((sum, value) => sum + value, 0);
}

/** By name: which history came first decides no order. */
function sorted(values: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

/** The subject that was asked on the fewest histories; null where none was asked. */
export function leastAsked({ subjects }: HistoriesDocument): SubjectRow | null {
  const asked = subjects.filter(({ violated }) => violated !== null);
  return asked.reduce<SubjectRow | null>((a, b) => (a && a.histories <= b.histories ? a : b), null);
}

/** What of the law is known. */
function wordOf({ violated }: Pick<SubjectRow, "violated">): string {
  if (violated === null) return "not asked";
  return violated ? "violated" : "holds";
}

/** One row per subject and a last one for all of them. */
export function tableOf({
  subjects,
  histories,
  instants,
  calls,
}: HistoriesDocument): readonly (readonly Cell[])[] {
  const text = (value: number): string => value.toLocaleString("en-US");
  const perHistory = (count: number, of: number): string => (of > 0 ? (count / of).toFixed(1) : "–");
  const row = (name: string, all: Omit<SubjectRow, "name" | "columns">): readonly Cell[] => [
    ...[name, text(all.histories), text(all.instants), text(all.calls), perHistory(all.calls, all.histories)],
    ...[text(all.values), wordOf(all)],
  ];
  const values = subjects.reduce((sum, one) => sum + one.values, 0);
  const asked = subjects.filter((one) => one.violated !== null);
  const violated = asked.length === 0 ? null : asked.some((one) => one.violated);
  return [
    ["subject", "histories", "instants", "calls", "calls/history", "values compared", "the law"],
    ...subjects.map((one) => row(one.name, one)),
    row("all", { histories, instants, calls, values, violated }),
  ];
}
