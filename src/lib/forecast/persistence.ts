import { rowsOf } from "../candles/candle-series.ts";
import type { BaseForecaster } from "./forecaster.ts";

/**
 * Volatility stays as it is: the mean true range of the horizon will be today's Wilder ATR14, so logAtrRatio is
 * 0 wherever there is an ATR14, NaN elsewhere. The baseline that every forecast has to pass.
 */
export const persistenceForecast: BaseForecaster = (candles, contexts) => {
  const out = new Float64Array(rowsOf(candles)).fill(NaN);
  for (let i = 0; i < out.length; i++) if (contexts.atrNow[i]! > 0) out[i] = 0;
  return out;
};
