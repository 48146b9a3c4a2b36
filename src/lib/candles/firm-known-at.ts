import { rowsOf, type CandleSeries } from "./candle-series.ts";

/**
 * When everything up to each row was known: the running maximum of knownAt. A value that has seen a late fact is
 * itself as late as the fact. [N] for N rows
 */
export function firmKnownAt(series: CandleSeries): Float64Array {
  const firm = new Float64Array(rowsOf(series));
  let newest = -Infinity;
  for (let i = 0; i < firm.length; i++) {
    newest = Math.max(newest, series.knownAt[i]!);
    firm[i] = newest;
  }
  return firm;
}
