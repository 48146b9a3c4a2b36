import { rowsOf, type CandlesByTimeframe } from "../candles/candle-series.ts";
import { compareTimeframes, type Timeframe } from "../time/timeframe.ts";
import type { FeatureSet, FeatureTable, FeatureTables } from "./feature.ts";
import { outputNames } from "./feature-sets.ts";
import { runFeature } from "./run-feature.ts";
import { firmKnownAt } from "../candles/firm-known-at.ts";

/**
 * All features of a set over one timeframe: N rows, F columns. Every value at row i depends on what was known by
 * `knownAt[i]` alone. `knownAt` is the candles' own, raised to that of an earlier row where one arrived late.
 * @throws RhymeError where the timeframe, or one that a feature reads, is not among the candles
 */
export function featureTable(
  set: FeatureSet,
  candles: CandlesByTimeframe,
  timeframe: Timeframe,
): FeatureTable {
  const names = outputNames(set);
  const series = candles[timeframe];
  const values = new Float64Array((series ? rowsOf(series) : 0) * names.length).fill(NaN); // [N, F]
  let at = 0;
  for (const feature of set.features) {
    runFeature(feature, candles, timeframe, { values, stride: names.length, at });
    at += feature.outputs.length;
  }
  return { timeframe, names, values, openTime: series!.openTime, knownAt: firmKnownAt(series!) };
}

/** A table for every timeframe there is, fine to coarse. */
export function featureTables(set: FeatureSet, candles: CandlesByTimeframe): FeatureTables {
  const timeframes = Object.keys(candles).sort(compareTimeframes);
  return Object.fromEntries(
    timeframes.map((timeframe) => [timeframe, featureTable(set, candles, timeframe)]),
  );
}
