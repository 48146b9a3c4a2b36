import { rowsOf, type CandlesByTimeframe } from "../../../candles/candle-series.ts";
import type { Caller, Outcome } from "./caller.ts";
import type { ColumnTrial, Shown } from "./column-trial.ts";
import { Examination, Settled, type ExaminationOptions } from "./examination.ts";
import { locateLeak } from "./locate-leak.ts";
import type { ColumnReport, FunctionReport, Leak, WarmUp } from "./report.ts";
import { settling, startedAt, startsOf, warmUpOf } from "./warm-up.ts";

export interface ExamineOptions extends ExaminationOptions {
  /** Shorter histories that the warm-up is measured on. */
  readonly starts: number;
}

/** Of so many leaking columns the offending bar is searched for; the others share it as a rule. */
const LOCATED = 12;
/** Instants with values to compare, without which nothing is called clean. */
const FEWEST = 8;

/** Everything there is to find out about one function. */
export async function examine(
  name: string,
  caller: Caller,
  candles: CandlesByTimeframe,
  options: ExamineOptions,
): Promise<FunctionReport> {
  const examination = new Examination(caller, candles, options);
  try {
    await examination.run();
    const leaks = await locateLeaks(examination);
    const warmUps = await measureWarmUps(examination, options.starts);
    const columns = [...examination.columns.values()].map((column) => reportOf(column, leaks, warmUps));
    return { name, verdict: null, reason: null, columns, ...tallyOf(examination) };
  } catch (error) {
    if (!(error instanceof Settled)) throw error;
    return { name, verdict: error.verdict, reason: error.message, columns: [], ...tallyOf(examination) };
  }
}

function tallyOf({ behaviour, columns, calls, instants, drawn }: Examination): Tally {
  const dependsOnClock = [...columns.values()].some(({ verdict }) => verdict === "reads the clock");
  return { notes: behaviour.notes(dependsOnClock), calls, instants, drawn };
}

type Tally = Pick<FunctionReport, "notes" | "calls" | "instants" | "drawn">;

async function locateLeaks(examination: Examination): Promise<ReadonlyMap<string, Leak>> {
  const found = new Map<string, Leak>();
  for (const column of examination.columns.values()) {
    const shown = column.verdict === "leak" && column.example !== null && found.size < LOCATED;
    if (shown)
      found.set(column.name, await locateLeak(column as ColumnTrial & { example: Shown }, examination));
  }
  return found;
}

async function measureWarmUps(
  examination: Examination,
  starts: number,
): Promise<ReadonlyMap<string, WarmUp>> {
  const { candles, base } = examination;
  const begun = startsOf(candles, starts).map((start) => ({
    start,
    cut: startedAt(candles, base.openTime[start]!),
  }));
  const heard: Outcome[] = [];
  for (const { cut } of begun) heard.push(await examination.ask(cut));
  // What is kept from an earlier call shows where nothing can have been kept.
  const tries: { readonly start: number; readonly outcome: Outcome }[] = [];
  for (const [i, { start, cut }] of begun.entries())
    tries.push({ start, outcome: await examination.askAfresh(cut, heard[i]!) });
  const found = new Map<string, WarmUp>();
  for (const { name, whole } of examination.columns.values()) {
    const all = tries.flatMap(({ start, outcome }) => {
      const values = outcome.kind === "said" ? outcome.columns.get(name) : undefined;
      const usable = whole && values instanceof Float64Array && values.length === rowsOf(base) - start;
      return usable ? [settling(whole, values, start)] : [];
    });
    const warmUp = warmUpOf(all);
    if (warmUp) found.set(name, warmUp);
  }
  return found;
}

function reportOf(
  column: ColumnTrial,
  located: ReadonlyMap<string, Leak>,
  warmUps: ReadonlyMap<string, WarmUp>,
): ColumnReport {
  const { name, compared, firstDefined, heldAt } = column;
  if (firstDefined === null) column.blame("not checkable", "it has no value in these candles");
  else if (heldAt < FEWEST)
    column.blame("not checkable", `it had a value to compare at ${heldAt} instants, fewer than ${FEWEST}`);
  const leak = located.get(name) ?? null;
  const leaks = column.verdict === "leak";
  const verdict = leaks && leak?.rowAlone ? "row of an open bar" : column.verdict;
  const reason = leaks ? leakReason(column, leak) : column.reason;
  const warmUp = firstDefined === null ? null : (warmUps.get(name) ?? null);
  return { column: name, verdict, reason, firstDefined, compared, leak, warmUp };
}

/** Differences of the size of rounding are leaks too, of the function's order of additions. */
function leakReason({ relative, reason }: ColumnTrial, leak: Leak | null): string | null {
  const said = leak?.sentence ?? reason;
  if (!(relative < 1e-9)) return said;
  return `${said}; by ${relative.toExponential(1)} of the value at most: rounding that depends on what came later`;
}
