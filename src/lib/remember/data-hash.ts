import { rowsOf, type CandleSeries } from "../candles/candle-series.ts";
import { hashParts } from "../math/hash.ts";

/**
 * For every row the hash of all candles of earlier months (UTC, by close), chained month by month: what a moment was
 * made from, told apart by month. It depends on nothing after the row, so the same history gives the same lineage
 * whatever follows. 32 hex digits.
 */
export function dataHashes(candles: CandleSeries): readonly string[] {
  const { openTime, open, high, low, close, volume } = candles;
  const rows = rowsOf(candles);
  const hashes = new Array<string>(rows);
  let hash = hashParts("candles").slice(0, 32);
  for (let from = 0; from < rows;) {
    const month = monthOf(candles.closeTime[from]!);
    let to = from;
    while (to < rows && monthOf(candles.closeTime[to]!) === month) hashes[to++] = hash;
    const columns = [openTime, open, high, low, close, volume].map((column) => column.subarray(from, to));
    hash = hashParts(hash, ...columns).slice(0, 32);
    from = to;
  }
  return hashes;
}

function monthOf(t: number): number {
  const date = new Date(t);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}
