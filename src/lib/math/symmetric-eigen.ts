import { runSteps, type Steps } from "./steps.ts";

/**
 * Eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations (Golub & Van Loan 2013, section 8.5):
 * slow beside tridiagonal methods but simple, accurate and the same everywhere.
 *
 * `matrix` [n, n] row-major is left alone. `values` descend; row i of `vectors` [n, n] belongs to values[i], of unit
 * length, its largest component positive, so that the result does not hang on a sign.
 */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  return runSteps(symmetricEigenSteps(matrix, n));
}

export interface SymmetricEigen {
  readonly values: Float64Array; // [n]
  readonly vectors: Float64Array; // [n, n]
}

/** The same in steps of one row of rotations each: minutes at n = 1,024. */
export function* symmetricEigenSteps(matrix: Float64Array, n: number): Steps<SymmetricEigen> {
  const a = matrix.slice();
  const v = new Float64Array(n * n); // rows are eigenvectors
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  let total = 0;
  for (const x of a) total += x * x;
  for (let sweep = 0; sweep < 30; sweep++) {
    if (offDiagonal(a, n) <= 1e-22 * total) break;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) rotate(a, v, n, p, q);
      yield;
    }
  }
  return sorted(a, v, n);
}

function offDiagonal(a: Float64Array, n: number): number {
  let sum = 0;
  for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) sum += 2 * a[p * n + q]! * a[p * n + q]!;
  return sum;
}

function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q]!;
  if (apq === 0) return;
  const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  mixRows(a, n, p, q, c, s);
  for (let k = 0; k < n; k++) {
    const kp = a[k * n + p]!;
    const kq = a[k * n + q]!;
    a[k * n + p] = c * kp - s * kq;
    a[k * n + q] = s * kp + c * kq;
  }
  mixRows(v, n, p, q, c, s);
}

function mixRows(m: Float64Array, n: number, p: number, q: number, c: number, s: number): void {
  for (let k = 0, i = p * n, j = q * n; k < n; k++, i++, j++) {
    const x = m[i]!;
    const y = m[j]!;
    m[i] = c * x - s * y;
    m[j] = s * x + c * y;
  }
}

function sorted(a: Float64Array, v: Float64Array, n: number): SymmetricEigen {
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[j * n + j]! - a[i * n + i]! || i - j);
  const values = Float64Array.from(order, (i) => a[i * n + i]!);
  const vectors = new Float64Array(n * n);
  order.forEach((from, i) => {
    const row = v.subarray(from * n, (from + 1) * n);
    let largest = 0;
    for (const x of row) if (Math.abs(x) > Math.abs(largest)) largest = x;
    const sign = largest < 0 ? -1 : 1;
    for (let k = 0; k < n; k++) vectors[i * n + k] = sign * row[k]!;
  });
  return { values, vectors };
}
