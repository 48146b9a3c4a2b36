import { rowsOf, type CandleSeries } from "../candles/candle-series.ts";
import { gapLedger } from "../candles/gap-ledger.ts";
import { horizonEnds, type Horizon } from "../time/horizon.ts";
import { MATURE, PENDING, UNDEFINED } from "./context.ts";

/** Where the horizon (t, u] of every row lies, and whether it is whole. N rows. */
export interface HorizonSpans {
  readonly state: Uint8Array; // [N] index into CONTEXT_STATES
  /** Row of u; −1 unless mature. Never falls among mature rows. */
  readonly end: Int32Array; // [N]
  readonly crossesClose: Uint8Array; // [N] 1 where the market closes between the close of t and that of u
}

/**
 * Pending: the grid of expected bars does not reach u yet. Undefined: a bar that the calendar expects in (t, u] is
 * missing. Mature: all are there.
 * @throws RhymeError for a horizon that is unknown, shorter than a bar or no whole number of bars
 */
export function horizonSpans(candles: CandleSeries, horizon: Horizon): HorizonSpans {
  const n = rowsOf(candles);
  const { grid, slot, known } = gapLedger(candles);
  const ends = horizonEnds(grid, candles.calendar, horizon); // [G]
  const state = new Uint8Array(n).fill(PENDING);
  const end = new Int32Array(n).fill(-1);
  const crossesClose = new Uint8Array(n);
  const missing = countBefore(known.length, (g) => known[g] === 0);
  const closures = countBefore(known.length, (g) => g > 0 && grid.close[g - 1]! < grid.open[g]!);
  for (let t = 0; t < n; t++) {
    const from = slot[t]!;
    const to = ends[from]!;
    if (to < 0) continue;
    const whole = missing[to + 1] === missing[from + 1];
    state[t] = whole ? MATURE : UNDEFINED;
    if (whole) end[t] = t + to - from;
    crossesClose[t] = closures[to + 1]! > closures[from + 1]! ? 1 : 0;
  }
  return { state, end, crossesClose };
}

/** How many of 0..i−1 are so. [length + 1] */
function countBefore(length: number, isSo: (index: number) => boolean): Int32Array {
  const counts = new Int32Array(length + 1);
  for (let i = 0; i < length; i++) counts[i + 1] = counts[i]! + (isSo(i) ? 1 : 0);
  return counts;
}
