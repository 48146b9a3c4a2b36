import { rowsOf, type CandleSeries } from "../candles/candle-series.ts";
import { hashParts } from "../math/hash.ts";
import type { EpochMs } from "../time/units.ts";

/**
 * For every row the hash of all candles of earlier months (UTC, by close), chained month by month: what a moment was
 * made from, told apart by month. It depends on nothing after the row, so the same history gives the same lineage
 * whatever follows. 32 hex digits.
 */
export function dataHashes(candles: CandleSeries): readonly string[] {
  const rows = rowsOf(candles);
  const hashes = new Array<string>(rows);
  let hash = NO_MONTHS;
  for (let from = 0; from < rows;) {
    const month = monthOf(candles.closeTime[from]!);
    let to = from;
    while (to < rows && monthOf(candles.closeTime[to]!) === month) hashes[to++] = hash;
    hash = withMonth(hash, candles, from, to);
    from = to;
  }
  return hashes;
}

/** The hash of no candles. */
export const NO_MONTHS: string = hashParts("candles").slice(0, 32);

/** The hash of all earlier months and the one whose rows are [from, to). */
export function withMonth(hash: string, candles: CandleSeries, from: number, to: number): string {
  const { openTime, open, high, low, close, volume } = candles;
  const columns = [openTime, open, high, low, close, volume].map((column) => column.subarray(from, to));
  return hashParts(hash, ...columns).slice(0, 32);
}

/** A number for each month, by which rows are told apart. */
export function monthOf(t: EpochMs): number {
  const date = new Date(t);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}
