import { rowsOf, type CandleSeries } from "../candles/candle-series.ts";
import { MATURE, type ContextColumns } from "../context/context.ts";
import { labelHorizon } from "../context/label.ts";
import type { TargetColumns } from "../encoder/objective-options.ts";
import type { BaseForecaster } from "../forecast/forecaster.ts";
import { harForecast } from "../forecast/har.ts";
import { horizonBars, type Horizon } from "../time/horizon.ts";

// N base rows; targets of a row are known when every horizon of it has matured

/**
 * What followed each candle, as contrast compares it: per horizon return, largest gain and largest loss in units of
 * ATR14 · √bars, and logAtrRatio. NaN where any of them is missing.
 */
export function futureTargets(candles: CandleSeries, horizons: readonly Horizon[]): TargetColumns {
  return targetsOf(candles, horizons, ["return", "maxGain", "maxLoss", "logAtrRatio"], (contexts) => {
    const { values, atrNow, horizon } = contexts;
    const root = Math.sqrt(horizonBars(horizon, candles.timeframe, candles.calendar));
    const scaled = (label: "return" | "maxGain" | "maxLoss"): Float64Array =>
      values[label].map((value, t) => value / (atrNow[t]! * root));
    return [scaled("return"), scaled("maxGain"), scaled("maxLoss"), values.logAtrRatio];
  });
}

/** How far a baseline's logAtrRatio was from what came, per horizon: outcome − forecast. */
export function residualTargets(
  candles: CandleSeries,
  horizons: readonly Horizon[],
  baseline: BaseForecaster = harForecast,
): TargetColumns {
  return targetsOf(candles, horizons, ["residual"], (contexts) => {
    const forecast = baseline(candles, contexts);
    return [contexts.values.logAtrRatio.map((outcome, t) => outcome - forecast[t]!)];
  });
}

function targetsOf(
  candles: CandleSeries,
  horizons: readonly Horizon[],
  labels: readonly string[],
  columnsOf: (contexts: ContextColumns) => readonly Float64Array[],
): TargetColumns {
  const N = rowsOf(candles);
  const K = horizons.length * labels.length;
  const values = new Float64Array(N * K).fill(NaN);
  const knownAt = candles.knownAt.slice();
  horizons.forEach((horizon, h) => {
    const contexts = labelHorizon(candles, horizon);
    const columns = columnsOf(contexts);
    for (let t = 0; t < N; t++) {
      if (contexts.state[t] !== MATURE) {
        knownAt[t] = NaN; // and stays so: Math.max of NaN is NaN
        continue;
      }
      knownAt[t] = Math.max(knownAt[t]!, contexts.matureAt[t]!);
      columns.forEach((column, c) => (values[t * K + h * labels.length + c] = column[t]!));
    }
  });
  return {
    names: horizons.flatMap((horizon) => labels.map((label) => `${label} ${horizon}`)),
    values,
    knownAt,
  };
}
