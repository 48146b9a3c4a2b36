import { rowsOf, type CandleSeries } from "../candles/candle-series.ts";
import { countUpTo } from "../math/count-up-to.ts";
import type { EpochMs } from "../time/units.ts";

/** Closes around one anchor as log returns from it; offset 0 is the anchor itself. */
export interface Path {
  readonly offsetBars: readonly number[];
  readonly logReturn: readonly number[];
}

/**
 * The way to an anchor and from it, on one scale: ln(close / close at the anchor), every `stride`-th bar and the
 * newest. Bars known after `until` are left out. Null where no bar was known exactly at the anchor.
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
  const row = countUpTo(candles.knownAt, anchor) - 1;
  if (candles.knownAt[row] !== anchor) return null;
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
