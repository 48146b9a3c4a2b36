import { pinball } from "./pinball.ts";

/**
 * Width of [0, 1] that each level stands for: from the midpoint to its lower neighbour (or 0) to the midpoint to
 * its upper neighbour (or 1). Sums to 1.
 */
export function levelWeights(levels: readonly number[]): number[] {
  const n = levels.length;
  return levels.map((level, i) => {
    const from = i === 0 ? 0 : (levels[i - 1]! + level) / 2;
    const to = i === n - 1 ? 1 : (level + levels[i + 1]!) / 2;
    return to - from;
  });
}

/**
 * CRPS from quantiles: CRPS = 2·∫ pinball_p dp (Gneiting & Ranjan 2011, equation 11), the integral by
 * `levelWeights`: 2·Σ w_j·pinball(p_j, q_j, y). Same unit as `y`; only comparable over equal levels.
 */
export function crpsFromQuantiles(
  levels: readonly number[],
  weights: readonly number[],
  quantiles: ArrayLike<number>,
  y: number,
): number {
  let sum = 0;
  for (let j = 0; j < levels.length; j++) sum += weights[j]! * pinball(levels[j]!, quantiles[j]!, y);
  return 2 * sum;
}
