import { rowsOf, type CandleSeries } from "../../candles/candle-series.ts";
import { trueRange } from "../../features/kernels/true-range.ts";
import { fixedWidth } from "../../time/timeframe.ts";
import type { Samples } from "./walk-forward-split.ts";

// R decisions over all series, K lags, H bars of horizon

/** Trailing spans in bars. The bar alone is among them: on hourly FX it is worth .04 of R² at 4 h. */
export const RANGE_LAGS: readonly number[] = [1, 4, 24, 120, 480];
/** Under the logarithm, so that bars without movement have one. */
const FLOOR = 1e-7;

/** Every decision of some series whose future range can be judged, one series behind the other. */
export interface RangePanel extends Samples {
  readonly series: readonly CandleSeries[];
  readonly bars: number; // H
  readonly of: Uint16Array; // [R] index into series
  readonly row: Int32Array; // [R] row of its series
  readonly target: Float64Array; // [R] y_H
  readonly trailing: Float64Array; // [R, K] A_k of RANGE_LAGS
  /** Share of decisions that were left out because the market was closed, or bars were missing, before their target's end. */
  readonly dropped: number;
}

/**
 * What is to be forecast and the plain past of it, for every row with all lags behind it and H bars ahead:
 *
 * TR = (max(h, c₋₁) − min(l, c₋₁)) / c₋₁, the bar before being the row before; A_k = ln(mean of the last k TR + 1e-7);
 * y_H = ln(mean TR over t+1..t+H + 1e-7). A target counts only where its H bars follow the decision without a break.
 *
 * The judge computes them itself, from candles: it must not inherit a mistake of the forecasters that it judges.
 * (`forecast/harRegressors` bounds a mean by 1e-7 instead of adding it, and rounds true ranges.)
 */
export function rangePanel(series: readonly CandleSeries[], bars: number): RangePanel {
  const parts = series.map((candles) => decisionsOf(candles, bars));
  const ahead = parts.reduce((sum, part) => sum + part.ahead, 0);
  const R = parts.reduce((sum, part) => sum + part.rows.length, 0);
  const K = RANGE_LAGS.length;
  const column = (): Float64Array => new Float64Array(R);
  const panel = { of: new Uint16Array(R), row: new Int32Array(R), start: column(), end: column() };
  const [target, trailing] = [column(), new Float64Array(R * K)];
  let r = 0;
  parts.forEach(({ rows, sums }, s) => {
    const { knownAt } = series[s]!;
    for (const t of rows) {
      [panel.of[r], panel.row[r], panel.start[r], panel.end[r]] = [s, t, knownAt[t]!, knownAt[t + bars]!];
      target[r] = logMean(sums, t + bars, bars);
      RANGE_LAGS.forEach((lag, k) => (trailing[r * K + k] = logMean(sums, t, lag)));
      r++;
    }
  });
  return { series, bars, ...panel, target, trailing, dropped: 1 - R / ahead };
}

interface Decisions {
  readonly rows: Int32Array;
  /** Rows with all lags behind and H bars ahead, before the rule about breaks. */
  readonly ahead: number;
  readonly sums: Float64Array; // [N + 1] true ranges before each row
}

function decisionsOf(candles: CandleSeries, bars: number): Decisions {
  const { openTime, high, low, close, timeframe } = candles;
  const n = rowsOf(candles);
  const sums = new Float64Array(n + 1);
  for (let i = 1; i < n; i++)
    sums[i + 1] = sums[i]! + trueRange(high[i]!, low[i]!, close[i - 1]!) / close[i - 1]!;
  const from = Math.max(...RANGE_LAGS); // the first row has no true range
  const whole = bars * fixedWidth(timeframe)!;
  const ahead = Math.max(0, n - bars - from);
  const rows = Int32Array.from({ length: ahead }, (_, i) => from + i);
  return { rows: rows.filter((t) => whole === openTime[t + bars]! - openTime[t]!), ahead, sums };
}

/** ln(mean of the `span` true ranges that end with row `t` + 1e-7). */
function logMean(sums: Float64Array, t: number, span: number): number {
  return Math.log((sums[t + 1]! - sums[t + 1 - span]!) / span + FLOOR);
}
