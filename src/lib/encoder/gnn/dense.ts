/**
 * y = x·W + b in plain typed arrays, the same bits whatever the number of rows: every output accumulates in double
 * precision over its inputs in ascending order, so one row alone, a block of rows and any prefix of a history
 * give equal results. JavaScript has no fused multiply-add, so this holds on every machine.
 *
 * R rows, K inputs, J outputs (a multiple of 4).
 */

/** Weights packed for the kernel: `panels` [J / 4, K, 4], so that the inner loop walks memory in order. */
export interface Dense {
  readonly inputs: number; // K
  readonly outputs: number; // J
  readonly panels: Float64Array; // [J / 4, K, 4]
}

/** Rows that `denseBlock` takes at once, a multiple of 3: input and one panel stay in the first-level cache. */
export const BLOCK_ROWS = 24;

/** Packs row-major `weights` [K, J]. */
export function packDense(weights: ArrayLike<number>, inputs: number, outputs: number): Dense {
  if (outputs % 4 !== 0) throw new RangeError(`outputs ${outputs} is not a multiple of 4`);
  const panels = new Float64Array(inputs * outputs);
  for (let k = 0; k < inputs; k++)
    for (let j = 0; j < outputs; j++)
      panels[((j >> 2) * inputs + k) * 4 + (j & 3)] = weights[k * outputs + j]!;
  return { inputs, outputs, panels };
}

/**
 * `out` [R, J] = `x` [R, K] · W + the J numbers of `bias` that start at `biasAt[r]`. All hold BLOCK_ROWS rows; R is
 * rounded up to a multiple of 3 and the rows in excess are computed and meant to be ignored. 3 × 4 accumulators:
 * what fits into sixteen registers with its operands.
 */
export function denseBlock(
  dense: Dense,
  x: Float64Array,
  bias: Float64Array,
  biasAt: Int32Array,
  out: Float64Array,
  rows: number,
): void {
  if (rows === 1) return denseRow(dense, x, bias, biasAt[0]!, out);
  const { inputs: K, outputs: J, panels: w } = dense;
  for (let j = 0; j < J; j += 4) {
    const from = j * K;
    const to = from + 4 * K;
    for (let r = 0; r < rows; r += 3) {
      let i0 = r * K;
      let i1 = i0 + K;
      let i2 = i1 + K;
      let c = biasAt[r]! + j;
      // prettier-ignore
      let a00 = bias[c]!, a01 = bias[c + 1]!, a02 = bias[c + 2]!, a03 = bias[c + 3]!;
      c = biasAt[r + 1]! + j;
      // prettier-ignore
      let a10 = bias[c]!, a11 = bias[c + 1]!, a12 = bias[c + 2]!, a13 = bias[c + 3]!;
      c = biasAt[r + 2]! + j;
      // prettier-ignore
      let a20 = bias[c]!, a21 = bias[c + 1]!, a22 = bias[c + 2]!, a23 = bias[c + 3]!;
      for (let p = from; p < to; p += 4) {
        // prettier-ignore
        const w0 = w[p]!, w1 = w[p + 1]!, w2 = w[p + 2]!, w3 = w[p + 3]!, x0 = x[i0++]!, x1 = x[i1++]!, x2 = x[i2++]!;
        // prettier-ignore
        { a00 += x0 * w0; a01 += x0 * w1; a02 += x0 * w2; a03 += x0 * w3; }
        // prettier-ignore
        { a10 += x1 * w0; a11 += x1 * w1; a12 += x1 * w2; a13 += x1 * w3; }
        // prettier-ignore
        { a20 += x2 * w0; a21 += x2 * w1; a22 += x2 * w2; a23 += x2 * w3; }
      }
      let q = r * J + j;
      // prettier-ignore
      { out[q] = a00; out[q + 1] = a01; out[q + 2] = a02; out[q + 3] = a03; }
      q += J;
      // prettier-ignore
      { out[q] = a10; out[q + 1] = a11; out[q + 2] = a12; out[q + 3] = a13; }
      q += J;
      // prettier-ignore
      { out[q] = a20; out[q + 1] = a21; out[q + 2] = a22; out[q + 3] = a23; }
    }
  }
}

/** The same for one row: the live path. */
function denseRow(
  dense: Dense,
  x: Float64Array,
  bias: Float64Array,
  biasAt: number,
  out: Float64Array,
): void {
  const { inputs: K, outputs: J, panels: w } = dense;
  for (let j = 0; j < J; j += 4) {
    let p = j * K;
    let a0 = bias[biasAt + j]!;
    let a1 = bias[biasAt + j + 1]!;
    let a2 = bias[biasAt + j + 2]!;
    let a3 = bias[biasAt + j + 3]!;
    for (let k = 0; k < K; k++, p += 4) {
      const xk = x[k]!;
      a0 += xk * w[p]!;
      a1 += xk * w[p + 1]!;
      a2 += xk * w[p + 2]!;
      a3 += xk * w[p + 3]!;
    }
    out[j] = a0;
    out[j + 1] = a1;
    out[j + 2] = a2;
    out[j + 3] = a3;
  }
}
