/**
 * Variance of the mean of a serially dependent sample: Bartlett-weighted autocovariances up to `lag`, divided
 * by n (Newey & West 1987). Autocovariances divide by n, as R's `acf`, so the result is never negative.
 */
export function meanVariance(values: ArrayLike<number>, lag: number): number {
  const n = values.length;
  if (n === 0) return NaN;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += values[i]!;
  mean /= n;
  let sum = 0;
  for (let l = 0; l <= Math.min(lag, n - 1); l++) {
    let covariance = 0;
    for (let i = l; i < n; i++) covariance += (values[i]! - mean) * (values[i - l]! - mean);
    sum += (l === 0 ? 1 : 2 * (1 - l / (lag + 1))) * (covariance / n);
  }
  return Math.max(sum, 0) / n;
}
