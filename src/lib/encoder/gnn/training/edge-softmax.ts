import type { EdgeRange } from "./run-edges.ts";

/** Slope of leaky relu below 0, in both kinds of attention (Veličković et al. 2018). */
export const LEAK = 0.2;

/** Softmax over the incoming edges of each node, per head, in place. [e, heads] */
export function edgeSoftmax(scores: Float32Array, { offsets }: EdgeRange, heads: number): void {
  const n = offsets.length - 1;
  for (let node = 0; node < n; node++) {
    const [begin, end] = [offsets[node]!, offsets[node + 1]!];
    for (let head = 0; head < heads; head++) {
      let highest = -Infinity;
      for (let e = begin; e < end; e++) highest = Math.max(highest, scores[e * heads + head]!);
      let total = 0;
      for (let e = begin; e < end; e++) {
        const share = Math.exp(scores[e * heads + head]! - highest);
        scores[e * heads + head] = share;
        total += share;
      }
      for (let e = begin; e < end; e++) scores[e * heads + head]! /= total;
    }
  }
}

/** out[i] = ∥_head Σ_j α_ij v_j. alpha [e, heads], v [n, C] → [n, C] */
export function attended(
  alpha: Float32Array,
  v: Float32Array,
  { offsets, senders }: EdgeRange,
  heads: number,
  columns: number,
): Float32Array {
  const n = offsets.length - 1;
  const width = columns / heads;
  const out = new Float32Array(n * columns);
  for (let node = 0, to = 0; node < n; node++, to += columns)
    for (let e = offsets[node]!; e < offsets[node + 1]!; e++) {
      const from = senders[e]! * columns;
      for (let head = 0, k = 0; head < heads; head++) {
        const share = alpha[e * heads + head]!;
        for (const stop = k + width; k < stop; k++) out[to + k]! += share * v[from + k]!;
      }
    }
  return out;
}

/** Backward of `attended` and `edgeSoftmax`: gradients of the scores [e, heads] and of v [n, C]. */
export function attendedBackward(
  alpha: Float32Array,
  v: Float32Array,
  dy: Float32Array,
  { offsets, senders }: EdgeRange,
  heads: number,
  columns: number,
): { readonly dScores: Float32Array; readonly dv: Float32Array } {
  const n = offsets.length - 1;
  const width = columns / heads;
  const dScores = new Float32Array(alpha.length);
  const dv = new Float32Array(v.length);
  const mean = new Float64Array(heads);
  for (let node = 0, at = 0; node < n; node++, at += columns) {
    const [begin, end] = [offsets[node]!, offsets[node + 1]!];
    mean.fill(0);
    for (let e = begin; e < end; e++) {
      const from = senders[e]! * columns;
      for (let head = 0, k = 0; head < heads; head++) {
        const share = alpha[e * heads + head]!;
        let dShare = 0;
        for (const stop = k + width; k < stop; k++) {
          dShare += dy[at + k]! * v[from + k]!;
          dv[from + k]! += share * dy[at + k]!;
        }
        dScores[e * heads + head] = dShare;
        mean[head]! += share * dShare;
      }
    }
    for (let e = begin; e < end; e++)
      for (let head = 0; head < heads; head++)
        dScores[e * heads + head] = alpha[e * heads + head]! * (dScores[e * heads + head]! - mean[head]!);
  }
  return { dScores, dv };
}
