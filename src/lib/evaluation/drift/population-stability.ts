import { quantileSorted, sortedFinite } from "../../math/quantiles.ts";

const BINS = 10;

/**
 * Population stability index of `newest` against `reference`: Σ (q − p) ln(q / p) over tenths of the reference and one
 * bin for what is not defined (Siddiqi 2006, Credit Risk Scorecards, ch. 10: the symmetric Kullback-Leibler divergence
 * of Jeffreys). Half an observation is added to every bin, so that an empty one says much and not everything. Equal
 * values lie in one bin. 0 where both say the same; NaN where either is empty.
 */
export function populationStability(reference: ArrayLike<number>, newest: ArrayLike<number>): number {
  if (reference.length === 0 || newest.length === 0) return NaN;
  const sorted = sortedFinite(reference);
  const edges = new Set(Array.from({ length: BINS - 1 }, (_, i) => quantileSorted(sorted, (i + 1) / BINS)));
  const upper = [...edges].filter(Number.isFinite);
  const [p, q] = [sharesOf(reference, upper), sharesOf(newest, upper)];
  return p.reduce((sum, share, bin) => sum + (q[bin]! - share) * Math.log(q[bin]! / share), 0);
}

/** Share of values in each bin: up to each edge, beyond the last, and not defined. */
function sharesOf(values: ArrayLike<number>, upper: readonly number[]): Float64Array {
  const counts = new Float64Array(upper.length + 2).fill(0.5);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) counts[upper.length + 1]!++;
    else {
      let bin = 0;
      while (bin < upper.length && value > upper[bin]!) bin++;
      counts[bin]!++;
    }
  }
  const total = values.length + 0.5 * counts.length;
  return counts.map((count) => count / total);
}
