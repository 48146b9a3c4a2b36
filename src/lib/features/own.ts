import type { CandleColumn } from "../candles/candle-series.ts";
import type { FeatureInput } from "./feature.ts";

/** Inputs from the very bar a feature is computed on, in the order in which `step` receives them. */
export function own(...columns: readonly CandleColumn[]): readonly FeatureInput[] {
  return columns.map((column) => ({ symbol: "self", timeframe: "own", column }));
}

/**
 * Bars after which Wilder's smoothing over 14 has forgotten its seed to 1e-6: (13/14)^k = 1e-6 at k = 187, the
 * seed itself takes 14, and a start ten times too wild takes another 31.
 */
export const WILDER_14_SETTLED = 240;
