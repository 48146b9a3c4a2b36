import { rowsOf, type CandleSeries } from "../../candles/candle-series.ts";
import { firmKnownAt } from "../../candles/firm-known-at.ts";
import { gapLedger } from "../../candles/gap-ledger.ts";
import { trueRange } from "../../features/kernels/true-range.ts";
import { fixedWidth } from "../../time/timeframe.ts";
import type { Samples } from "./walk-forward-split.ts";

// R decisions over all series, K lags, H bars of horizon

/** Trailing spans in bars. The bar alone is among them: on hourly FX it is worth .04 of R² at 4 h. */
export const RANGE_LAGS: readonly number[] = [1, 4, 24, 120, 480];
/** Under the logarithm, so that bars without movement have one. */
const FLOOR = 1e-7;

/** Every decision of some series whose future can be judged, one series behind the other. */
export interface RangePanel extends Samples {
  readonly series: readonly CandleSeries[];
  readonly bars: number; // H
  readonly lags: readonly number[]; // [K]
  readonly of: Uint16Array; // [R] index into series
  readonly row: Int32Array; // [R] row of its series
  readonly target: Float64Array; // [R] y_H
  readonly trailing: Float64Array; // [R, K] A_k of the lags
  /** Share of decisions that were left out because the market was closed, or bars were missing, before their target's end. */
  readonly dropped: number;
}

export interface PanelOptions {
  /** Trailing spans in bars; default RANGE_LAGS. */
  readonly lags?: readonly number[];
}

/**
 * What is to be forecast and the plain past of it, for every row with all lags behind it and H bars ahead:
 *
 * TR = (max(h, c₋₁) − min(l, c₋₁)) / c₋₁, the bar before being the row before; A_k = ln(mean of the last k TR + 1e-7);
 * y_H = ln(mean TR over t+1..t+H + 1e-7). A target counts only where its H bars follow the decision without a break:
 * in time for bars within a day, so that a closed market is one; on the calendar's grid for daily and longer bars, so
 * that only missing bars are. A bar that came late holds up the decisions behind it, as in feature tables.
 *
 * The judge computes them itself, from candles: it must not inherit a mistake of the forecasters that it judges.
 * (`forecast/harRegressors` bounds a mean by 1e-7 instead of adding it, and rounds true ranges.)
 */
export function rangePanel(
  series: readonly CandleSeries[],
  bars: number,
  options: PanelOptions = {},
): RangePanel {
  return panelOf(series, bars, options, (candles) => {
    const sums = rangeSums(candles);
    return { ahead: (t) => logMean(sums, t + bars, bars), behind: (t, lag) => logMean(sums, t, lag) };
  });
}

/**
 * The same decisions with the return instead of the range, so that one judge may tell what of the two can be forecast:
 * y_H = ln(c[t+H] / c[t]), A_k = ln(c[t] / c[t−k]).
 */
export function returnPanel(
  series: readonly CandleSeries[],
  bars: number,
  options: PanelOptions = {},
): RangePanel {
  return panelOf(series, bars, options, ({ close }) => ({
    ahead: (t) => Math.log(close[t + bars]! / close[t]!),
    behind: (t, lag) => Math.log(close[t]! / close[t - lag]!),
  }));
}

/** What is said about the row of a decision. */
interface Sayings {
  readonly ahead: (row: number) => number;
  readonly behind: (row: number, lag: number) => number;
}

function panelOf(
  series: readonly CandleSeries[],
  bars: number,
  { lags = RANGE_LAGS }: PanelOptions,
  sayingsOf: (candles: CandleSeries) => Sayings,
): RangePanel {
  const parts = series.map((candles) => decisionsOf(candles, bars, Math.max(...lags)));
  const ahead = parts.reduce((sum, part) => sum + part.ahead, 0);
  const R = parts.reduce((sum, part) => sum + part.rows.length, 0);
  const K = lags.length;
  const column = (): Float64Array => new Float64Array(R);
  const panel = { of: new Uint16Array(R), row: new Int32Array(R), start: column(), end: column() };
  const [target, trailing] = [column(), new Float64Array(R * K)];
  let r = 0;
  parts.forEach(({ rows }, s) => {
    const knownAt = firmKnownAt(series[s]!);
    const says = sayingsOf(series[s]!);
    for (const t of rows) {
      [panel.of[r], panel.row[r], panel.start[r], panel.end[r]] = [s, t, knownAt[t]!, knownAt[t + bars]!];
      target[r] = says.ahead(t);
      lags.forEach((lag, k) => (trailing[r * K + k] = says.behind(t, lag)));
      r++;
    }
  });
  return { series, bars, lags, ...panel, target, trailing, dropped: 1 - R / ahead };
}

interface Decisions {
  readonly rows: Int32Array;
  /** Rows with all lags behind and H bars ahead, before the rule about breaks. */
  readonly ahead: number;
}

function decisionsOf(candles: CandleSeries, bars: number, longest: number): Decisions {
  const { openTime, timeframe } = candles;
  // The first row has no true range, so the longest lag needs one row more.
  const ahead = Math.max(0, rowsOf(candles) - bars - longest);
  const rows = Int32Array.from({ length: ahead }, (_, i) => longest + i);
  const width = fixedWidth(timeframe);
  const place: ArrayLike<number> = width === null ? gapLedger(candles).slot : openTime;
  const whole = bars * (width ?? 1);
  return { rows: rows.filter((t) => whole === place[t + bars]! - place[t]!), ahead };
}

/** True ranges before each row. [N + 1] */
function rangeSums(candles: CandleSeries): Float64Array {
  const { high, low, close } = candles;
  const n = rowsOf(candles);
  const sums = new Float64Array(n + 1);
  for (let i = 1; i < n; i++)
    sums[i + 1] = sums[i]! + trueRange(high[i]!, low[i]!, close[i - 1]!) / close[i - 1]!;
  return sums;
}

/** ln(mean of the `span` true ranges that end with row `t` + 1e-7). */
function logMean(sums: Float64Array, t: number, span: number): number {
  return Math.log((sums[t + 1]! - sums[t + 1 - span]!) / span + FLOOR);
}
