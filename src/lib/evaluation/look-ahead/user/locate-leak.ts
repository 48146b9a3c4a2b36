import type { CandlesByTimeframe } from "../../../candles/candle-series.ts";
import { iso, type EpochMs } from "../../../time/units.ts";
import { clockOf, explainIn, type Offender } from "../explain.ts";
import type { Stated } from "../stated.ts";
import type { CandlesSubject } from "../subject.ts";
import type { ColumnTrial, Shown } from "./column-trial.ts";
import type { Examination } from "./examination.ts";
import { hangsOnOpenRows } from "./open-row.ts";
import type { Leak, LeakingBar } from "./report.ts";

/** Which later bar a column's example comes from, found by asking again with more and more of the future. */
export async function locateLeak(
  column: ColumnTrial & { readonly example: Shown },
  examination: Examination,
): Promise<Leak> {
  const { name, example, shownAt, relative } = column;
  const { check, garbage, instant, openTime, anchor } = example;
  const { base, world } = examination;
  const future = garbage ? examination.spoilt(instant, garbage) : world;
  const subject: CandlesSubject = {
    name,
    covers: [],
    takes: "candles",
    run: (candles) => statedAbout(name, openTime, candles, examination),
  };
  const series = Object.values(world.candles).map(({ source, symbol, timeframe }) => ({
    source,
    symbol,
    timeframe,
  }));
  const setting = { timeframes: series.map(({ timeframe }) => timeframe), seed: 0, series };
  const found = await explainIn(future, subject, setting, name, new Set([anchor, instant]));
  const number = (value: number): number | null => (Number.isNaN(value) ? null : value);
  const [asKnown, withMore] = [number(example.asKnown), number(example.withMore)];
  const about = {
    check,
    garbage,
    openTime: iso(openTime),
    knownAt: iso(anchor),
    asKnown,
    withMore,
    shownAt: shownAt.size,
  };
  if (!found?.offender) {
    const sentence = `${name} says something else about ${iso(anchor)} once it is asked with more than was known then`;
    const none = { offender: null, rowAlone: false, aheadMs: null, aheadBars: null, advice: null };
    return { ...about, ...none, anchor: iso(anchor), sentence };
  }
  const { offender, at } = found;
  const aheadMs = found.aheadMs!;
  const isHigher = offender.timeframe !== base.timeframe;
  const rowAlone = isHigher && (await hangsOnOpenRows(column, examination));
  const aheadBars = base.knownAt.reduce((n, known) => n + Number(known > at && known <= at + aheadMs), 0);
  const told = { rowAlone, aheadMs, aheadBars, anchor: iso(at), offender: barOf(offender) };
  const sentence = rowAlone ? rowSentence(name, offender, at) : found.sentence;
  const toEnd = at + aheadMs >= base.knownAt.at(-1)!;
  const advice = rowAlone ? null : adviceOn({ isHigher, toEnd, aheadBars, rounding: relative < 1e-9 });
  return { ...about, ...told, sentence, advice };
}

function barOf({ symbol, timeframe, openTime, knownAt }: Offender): LeakingBar {
  return { symbol, timeframe, openTime: iso(openTime), knownAt: iso(knownAt) };
}

function rowSentence(name: string, { timeframe, openTime, knownAt }: Offender, at: EpochMs): string {
  const clock = clockOf([openTime, knownAt, at]);
  return (
    `${name} hangs on there being a ${timeframe} bar of ${clock(openTime)} at ${clock(at)}, not on its prices; ` +
    `live it is not there before ${clock(knownAt)}: join on knownAt (polars: known_at), without the shift`
  );
}

interface Showing {
  readonly isHigher: boolean;
  /** The last bar of all changes it. */
  readonly toEnd: boolean;
  readonly aheadBars: number;
  readonly rounding: boolean;
}

/** What leaks of such a kind come from as a rule. */
function adviceOn({ isHigher, toEnd, aheadBars, rounding }: Showing): string {
  if (rounding) return "additions in another order? --tolerance 1e-9 lets rounding pass";
  if (toEnd && aheadBars > 1) return "a mean, extreme or fit over all bars? take it over the bars so far";
  if (isHigher)
    return "joined on the open? join on knownAt (polars: known_at), when a bar is closed and known";
  return "shift(-n), a centred window, a backward fill? look back instead";
}

/** What the function says about one bar, and nothing about any other. */
async function statedAbout(
  name: string,
  openTime: number,
  candles: CandlesByTimeframe,
  examination: Examination,
): Promise<Stated> {
  const outcome = await examination.ask(candles);
  const values = outcome.kind === "said" ? outcome.columns.get(name) : undefined;
  const { openTime: opens, knownAt } = candles[examination.base.timeframe]!;
  const row = opens.indexOf(openTime);
  const value = values instanceof Float64Array ? (values[row] ?? NaN) : NaN;
  const key = Float64Array.of(openTime);
  return [{ name, key, knownAt: Float64Array.of(knownAt[row]!), values: Float64Array.of(value) }];
}
