import type { CandleSeries } from "./candle-series.ts";
import type { Finding, FindingKind } from "./finding.ts";
import { findingAt } from "./find-defects.ts";
import type { GapLedger } from "./gap-ledger.ts";
import type { RawCandles } from "./raw-candles.ts";

/** A series, and from which rows of the files it was made: N candles. */
export interface SeriesOfRows {
  readonly raw: RawCandles;
  /** The row of each candle [N]. */
  readonly kept: Int32Array;
  readonly series: CandleSeries;
  readonly ledger: GapLedger;
}

/** A finding about candle `i`, which stays. */
export function findingOf(
  { raw, kept, series }: SeriesOfRows,
  i: number,
  kind: FindingKind,
  value: string,
  count = 1,
): Finding {
  return { ...findingAt(raw, kept[i]!, kind, value, "kept", count), time: series.openTime[i]! };
}

/** Longer than any weekend with holidays: after it a price may stand anywhere, and nothing is called a jump. */
export const LONG_SILENCE = 10 * 86_400_000;

/** Whether candles i − 1 and i are neighbours in time as far as prices go. */
export function areNeighbours({ openTime, closeTime }: CandleSeries, i: number): boolean {
  return i > 0 && i < openTime.length && openTime[i]! - closeTime[i - 1]! <= LONG_SILENCE;
}

/** Middle value; the upper of two. NaN of none. */
export function medianOf(values: readonly number[]): number {
  return Float64Array.from(values).sort()[values.length >> 1] ?? NaN;
}
