/** 1 / Euclidean length of the D values at `at`, accumulated in double. */
export function inverseNorm(values: Float32Array, at: number, dim: number): number {
  return 1 / Math.sqrt(dot(values, at, values, at, dim));
}

/**
 * Dot product of D values each, in double precision. Always the same four partial sums in the same order, so the
 * same two vectors give the same bits everywhere.
 */
export function dot(
  a: Float32Array,
  atA: number,
  b: Float32Array | Float64Array,
  atB: number,
  dim: number,
): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let d = 0;
  for (; d + 3 < dim; d += 4) {
    s0 += a[atA + d]! * b[atB + d]!;
    s1 += a[atA + d + 1]! * b[atB + d + 1]!;
    s2 += a[atA + d + 2]! * b[atB + d + 2]!;
    s3 += a[atA + d + 3]! * b[atB + d + 3]!;
  }
  for (; d < dim; d++) s0 += a[atA + d]! * b[atB + d]!;
  return s0 + s1 + (s2 + s3);
}

/** 1 − cosine from a dot product and both inverse lengths; rounding never takes it below 0 or above 2. */
export function cosineDistance(product: number, inverseA: number, inverseB: number): number {
  const distance = 1 - product * inverseA * inverseB;
  return distance < 0 ? 0 : distance > 2 ? 2 : distance;
}
