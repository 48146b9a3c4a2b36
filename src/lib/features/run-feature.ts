import {
  rowsOf,
  type CandleColumn,
  type CandlesByTimeframe,
  type CandleSeries,
} from "../candles/candle-series.ts";
import { firmKnownAt } from "../candles/firm-known-at.ts";
import { RhymeError } from "../errors.ts";
import type { Timeframe } from "../time/timeframe.ts";
import type { Feature } from "./feature.ts";

// N rows of the timeframe a feature is computed on

/** Where the batch reads one input: row `rows[i]` of `column` at bar i (−1: not known yet), row i where rows is null. */
interface Source {
  readonly column: ArrayLike<number> | null; // null: the source does not have it
  readonly rows: Int32Array | null; // [N]
}

/**
 * Runs one feature over the N bars of a timeframe and writes its outputs at `values[i · stride + at]…`. An input
 * of another timeframe is its newest bar with knownAt ≤ that of bar i.
 * @throws RhymeError for an input of another symbol, or of a timeframe that is not there
 */
export function runFeature(
  feature: Feature,
  candles: CandlesByTimeframe,
  timeframe: Timeframe,
  into: { readonly values: Float64Array; readonly stride: number; readonly at: number },
): void {
  const series = seriesOf(candles, timeframe);
  const sources = feature.inputs.map((input): Source => {
    assertSelf(feature, input.symbol);
    if (input.timeframe === "own") return { column: columnOf(series, input.column), rows: null };
    const other = seriesOf(candles, input.timeframe, feature);
    return {
      column: columnOf(other, input.column),
      rows: newestKnown(firmKnownAt(series), firmKnownAt(other)),
    };
  });
  const pass = feature.start({ calendar: series.calendar });
  const inputs = new Float64Array(sources.length);
  const n = rowsOf(series);
  for (let i = 0, at = into.at; i < n; i++, at += into.stride) {
    for (let k = 0; k < sources.length; k++) {
      const { column, rows } = sources[k]!;
      const row = rows === null ? i : rows[i]!;
      inputs[k] = column === null || row < 0 ? NaN : column[row]!;
    }
    pass.step(inputs, into.values, at);
  }
}

/** Throws where a feature wants another symbol than the one it is computed on. */
export function assertSelf(feature: Feature, symbol: string): void {
  if (symbol === "self") return;
  throw new RhymeError("usage", {
    place: `feature ${feature.id}`,
    expected: "inputs of the symbol itself (self)",
    received: `an input of ${symbol}`,
    remedy: "Features across symbols are not offered yet; leave this input out.",
  });
}

function seriesOf(candles: CandlesByTimeframe, timeframe: Timeframe, feature?: Feature): CandleSeries {
  const series = candles[timeframe];
  if (series) return series;
  throw new RhymeError("usage", {
    place: feature ? `feature ${feature.id}` : "features",
    expected: `candles of ${timeframe}`,
    received: `candles of ${Object.keys(candles).join(", ") || "no timeframe"}`,
    remedy: `Give candles of ${timeframe} too, or leave it out.`,
  });
}

function columnOf(series: CandleSeries, column: CandleColumn): ArrayLike<number> | null {
  return series[column] ?? null;
}

/** For each instant (ascending) the last row of `knownAt` (ascending) at or before it; −1 where there is none. */
function newestKnown(instants: Float64Array, knownAt: Float64Array): Int32Array {
  let row = -1;
  return Int32Array.from(instants, (t) => {
    while (row + 1 < knownAt.length && knownAt[row + 1]! <= t) row++;
    return row;
  });
}
