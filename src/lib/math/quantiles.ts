/** Quantile of ascending `sorted` by linear interpolation between order statistics (Hyndman & Fan 1996, type 7). */
export function quantileSorted(sorted: Float64Array, p: number): number {
  const n = sorted.length;
  if (n === 0) return NaN;
  const at = (n - 1) * p;
  const low = Math.floor(at);
  const high = Math.min(low + 1, n - 1);
  return sorted[low]! + (at - low) * (sorted[high]! - sorted[low]!);
}

/** Ascending copy without NaN. */
export function sortedFinite(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).filter(Number.isFinite).sort();
}
