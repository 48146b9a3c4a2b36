// Vectors and matrices as arrays of numbers and of rows: for twins that are written to be read.

type Vector = readonly number[];

/** Row-major numbers as rows of `columns`. */
export function rowsOf(matrix: Float32Array, columns: number): number[][] {
  return Array.from({ length: matrix.length / columns }, (_, row) => [
    ...matrix.subarray(row * columns, (row + 1) * columns),
  ]);
}

/** x [K] times rows [K, J]. */
export function times(x: Vector, rows: readonly Vector[]): number[] {
  return rows[0]!.map((_, j) => x.reduce((sum, xk, k) => sum + xk * rows[k]![j]!, 0));
}

export function plus(...vectors: readonly Vector[]): number[] {
  return vectors[0]!.map((_, j) => vectors.reduce((sum, vector) => sum + vector[j]!, 0));
}

export function scaled(factor: number, x: Vector): number[] {
  return x.map((value) => factor * value);
}

/** Weighted mean of vectors of `width`; zeros where there are none. */
export function mean(vectors: readonly Vector[], weights: Vector, width: number): number[] {
  const total = weights.reduce((a, b) => a + b, 0);
  return Array.from({ length: width }, (_, k) =>
    vectors.reduce((sum, vector, i) => sum + (weights[i]! * vector[k]!) / total, 0),
  );
}

export function softmax(scores: Vector): number[] {
  const powers = scores.map((score) => Math.exp(score - Math.max(...scores)));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / total);
}

export function relu(x: number): number {
  return Math.max(0, x);
}
