/**
 * Solves A·x = b for a symmetric positive definite A [p, p], row-major; only its lower triangle is read.
 * A and b are overwritten; b becomes x. Returns false where A is not positive definite in floating point.
 */
export function solvePositiveDefinite(a: Float64Array, b: Float64Array): boolean {
  const p = b.length;
  for (let j = 0; j < p; j++) {
    let diagonal = a[j * p + j]!;
    for (let k = 0; k < j; k++) diagonal -= a[j * p + k]! ** 2;
    if (!(diagonal > 0)) return false;
    const root = Math.sqrt(diagonal);
    a[j * p + j] = root;
    for (let i = j + 1; i < p; i++) {
      let sum = a[i * p + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * p + k]! * a[j * p + k]!;
      a[i * p + j] = sum / root;
    }
  }
  for (let i = 0; i < p; i++) {
    let sum = b[i]!;
    for (let k = 0; k < i; k++) sum -= a[i * p + k]! * b[k]!;
    b[i] = sum / a[i * p + i]!;
  }
  for (let i = p - 1; i >= 0; i--) {
    let sum = b[i]!;
    for (let k = i + 1; k < p; k++) sum -= a[k * p + i]! * b[k]!;
    b[i] = sum / a[i * p + i]!;
  }
  return true;
}
