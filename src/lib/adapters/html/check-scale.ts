import { quantileSorted, sortedFinite } from "../../math/quantiles.ts";
import type { WindowBar } from "./check-window.ts";

/** The prices that a small picture has room for. */
export interface PriceScale {
  readonly low: number;
  readonly high: number;
}

const STRETCH = 3; // how far one odd candle may stretch a picture, in ranges of the sound ones
const FAR = 30; // times the median: further than any split, and no neighbour to measure by

/**
 * The scale of the sound candles, stretched to hold the odd ones unless they are so far off that the rest would be a
 * flat line: those are drawn at the edge, with their price said.
 */
export function priceScale(bars: readonly WindowBar[]): PriceScale {
  const all = bars.flatMap(prices);
  if (all.length === 0) return { low: 0, high: 1 };
  const sound = bars.filter((bar) => bar.mark === "around" || bar.mark === "stands").flatMap(prices);
  const from = plausible(sound.length > 0 ? sound : all);
  let [low, high] = [Math.min(...from), Math.max(...from)];
  const range = Math.max(high - low, Math.abs(high) * 1e-3, 1e-12);
  const near = all.filter((price) => price >= low - STRETCH * range && price <= high + STRETCH * range);
  [low, high] = [Math.min(low, ...near), Math.max(high, ...near)];
  return high > low ? { low, high } : { low: low - range / 2, high: high + range / 2 };
}

/** Neighbours may be wrong too; the median of them is not. */
function plausible(from: readonly number[]): readonly number[] {
  const median = quantileSorted(sortedFinite(from), 0.5);
  if (!(median > 0)) return from;
  const kept = from.filter((price) => price < median * FAR && price > median / FAR);
  return kept.length > 0 ? kept : from;
}

function prices({ open, high, low, close }: WindowBar): number[] {
  return [open, high, low, close].filter((price) => Number.isFinite(price));
}
