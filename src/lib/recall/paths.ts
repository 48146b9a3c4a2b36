import { rowsOf, type CandleSeries } from "../candles/candle-series.ts";
import type { EpochMs } from "../time/units.ts";

/** Closes around one anchor as log returns from it; offset 0 is the anchor itself. */
export interface Path {
  readonly offsetBars: readonly number[];
  readonly logReturn: readonly number[];
}

/**
 * The way to an anchor and from it, on one scale: ln(close / close at the anchor), every `stride`-th bar, the ends
 * always among them. Bars known after `until` are left out. Null where no bar was known exactly at the anchor.
 */
export function pathAround(
  candles: CandleSeries,
  anchor: EpochMs,
  span: {
    readonly before: number;
    readonly after: number;
    readonly stride?: number;
    readonly until?: EpochMs;
  },
): Path | null {
  const row = rowKnownAt(candles.knownAt, anchor);
  if (row < 0) return null;
  const { stride = 1, until = Infinity } = span;
  const first = Math.max(0, row - span.before);
  let last = Math.min(rowsOf(candles) - 1, row + span.after);
  while (last > row && candles.knownAt[last]! > until) last--;
  const offsetBars: number[] = [];
  const logReturn: number[] = [];
  for (let i = first; i <= last; i++) {
    if ((i - row) % stride !== 0 && i !== last) continue;
    offsetBars.push(i - row);
    logReturn.push(Math.log(candles.close[i]! / candles.close[row]!));
  }
  return { offsetBars, logReturn };
}

function rowKnownAt(knownAt: Float64Array, at: EpochMs): number {
  let low = 0;
  let high = knownAt.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const known = knownAt[middle]!;
    if (known === at) return middle;
    if (known < at) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
