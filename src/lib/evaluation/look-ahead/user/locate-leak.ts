import type { CandlesByTimeframe } from "../../../candles/candle-series.ts";
import { iso } from "../../../time/units.ts";
import { explainIn } from "../explain.ts";
import type { Stated } from "../stated.ts";
import type { CandlesSubject } from "../subject.ts";
import type { ColumnTrial, Shown } from "./column-trial.ts";
import type { Examination } from "./examination.ts";
import type { Leak } from "./report.ts";

/** Which later bar a column's example comes from, found by asking again with more and more of the future. */
export async function locateLeak(
  { name, example, shownAt }: ColumnTrial & { readonly example: Shown },
  examination: Examination,
): Promise<Leak> {
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
  const shown = { check, garbage, openTime, anchor, asKnown, withMore, shownAt: shownAt.size };
  if (!found) {
    const sentence = `${name} says something else about ${iso(anchor)} once it is asked with more than was known then`;
    return { ...shown, offender: null, aheadMs: null, aheadBars: null, sentence };
  }
  const { offender, aheadMs, sentence, at } = found;
  const ahead = base.knownAt.reduce((n, known) => n + Number(known > at && known <= at + aheadMs!), 0);
  return { ...shown, anchor: at, offender, aheadMs, aheadBars: ahead, sentence };
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
