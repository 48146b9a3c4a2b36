import { rowsOf, type CandlesByTimeframe } from "../candles/candle-series.ts";
import type { Timeframe } from "../time/timeframe.ts";
import type { Feature } from "./feature.ts";
import { runFeature } from "./run-feature.ts";

/**
 * One feature over one timeframe, each output as a column [N].
 *
 *     const { atr14 } = computeFeature(wilderAtr(), candles, "5m");
 */
export function computeFeature(
  feature: Feature,
  candles: CandlesByTimeframe,
  timeframe: Timeframe,
): Record<string, Float64Array> {
  const series = candles[timeframe];
  const n = series ? rowsOf(series) : 0;
  const stride = feature.outputs.length;
  const values = new Float64Array(n * stride).fill(NaN);
  runFeature(feature, candles, timeframe, { values, stride, at: 0 });
  const column = (k: number): Float64Array =>
    Float64Array.from({ length: n }, (_, i) => values[i * stride + k]!);
  return Object.fromEntries(feature.outputs.map((output, k) => [output, column(k)]));
}
