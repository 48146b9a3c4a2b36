export interface MeanWithError {
  readonly mean: number;
  /** Standard error of the mean: s / √n with n − 1 in s; NaN for a single value. */
  readonly error: number;
}

/** Mean of independent values and how far chance may have moved it. */
export function meanWithError(values: readonly number[]): MeanWithError {
  const n = values.length;
  const mean = values.reduce((sum, v) => sum + v, 0) / n;
  const squares = values.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (n - 1) / n) };
}
