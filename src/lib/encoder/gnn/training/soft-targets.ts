import type * as TfCore from "@tensorflow/tfjs-core";
import { typedOp } from "./typed-op.ts";

/**
 * Softmax of −distance / temperature over each row of [A, A], over the pairs that are not NaN; rows with fewer than two of
 * them count as none at all.
 * @returns null where no row counts
 */
export function softmaxOfNegative(
  distances: Float32Array,
  A: number,
  temperature: number,
): { readonly shares: Float32Array; readonly ofUniform: number } | null {
  const shares = new Float32Array(A * A).fill(NaN);
  let [rows, divergence] = [0, 0];
  for (let i = 0; i < A; i++) {
    const row = distances.subarray(i * A, (i + 1) * A);
    const nearest = row.reduce((least, d) => (d < least ? d : least), Infinity);
    let [total, pairs] = [0, 0];
    for (const d of row) if (!Number.isNaN(d)) [total, pairs] = [total + Math.exp((nearest - d) / temperature), pairs + 1]; // prettier-ignore
    if (pairs < 2) continue;
    rows++;
    row.forEach((d, j) => {
      if (Number.isNaN(d)) return;
      const share = Math.exp((nearest - d) / temperature) / total;
      shares[i * A + j] = share;
      if (share > 0) divergence += share * Math.log(share * pairs);
    });
  }
  return rows === 0 ? null : { shares, ofUniform: divergence / rows };
}

/**
 * Mean over rows of KL(shares ‖ softmax(logits)), both over the pairs whose share is not NaN: [A, A] → scalar. Its gradient
 * is (softmax − shares) / rows.
 */
export function softmaxDivergence(
  tf: typeof TfCore,
  logits: TfCore.Tensor2D,
  shares: Float32Array,
): TfCore.Scalar {
  const A = logits.shape[0];
  const op = typedOp(tf, [logits], (x) => {
    const { loss, slope } = divergence(x, shares, A);
    return {
      value: Float32Array.of(loss),
      shape: [1, 1],
      backward: (dy) => [slope.map((g) => g * dy[0]!)],
    };
  });
  return tf.sum<TfCore.Scalar>(op);
}

function divergence(
  logits: Float32Array,
  shares: Float32Array,
  A: number,
): { readonly loss: number; readonly slope: Float32Array } {
  const slope = new Float32Array(A * A);
  let [rows, loss] = [0, 0];
  for (let i = 0; i < A; i++) {
    let [highest, total] = [-Infinity, 0];
    const at = i * A;
    for (let j = 0; j < A; j++)
      if (!Number.isNaN(shares[at + j]!)) highest = Math.max(highest, logits[at + j]!);
    if (highest === -Infinity) continue;
    rows++;
    for (let j = 0; j < A; j++)
      if (!Number.isNaN(shares[at + j]!)) total += Math.exp(logits[at + j]! - highest);
    const level = highest + Math.log(total);
    for (let j = 0; j < A; j++) {
      const share = shares[at + j]!;
      if (Number.isNaN(share)) continue;
      if (share > 0) loss += share * (Math.log(share) - (logits[at + j]! - level));
      slope[at + j] = Math.exp(logits[at + j]! - level) - share;
    }
  }
  for (let i = 0; i < slope.length; i++) slope[i]! /= rows;
  return { loss: loss / rows, slope };
}
