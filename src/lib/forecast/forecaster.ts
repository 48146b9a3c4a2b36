import type { CandleSeries } from "../candles/candle-series.ts";
import type { ContextColumns } from "../context/context.ts";

/**
 * A plain model's expectation of logAtrRatio over one horizon at every base row, each made only from contexts
 * that had matured by that row's knownAt. NaN where there was too little history.
 */
export type BaseForecaster = (candles: CandleSeries, contexts: ContextColumns) => Float64Array; // [N]
