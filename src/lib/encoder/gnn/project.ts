import { BLOCK_ROWS, denseBlock } from "./dense.ts";
import type { PackedGnn } from "./packed-gnn.ts";
import type { Readout } from "./readout.ts";

const LAYER_NORM_EPSILON = 1e-5; // as in Ba, Kiros & Hinton 2016 implementations

/**
 * Projected readouts of one timeframe after `counts[i]` of its rows, [counts, D]. The projection is linear in the
 * concatenation of the timeframes' readouts, so each contributes a partial sum, and that of a coarse timeframe
 * changes only when one of its bars closes. A count of 0 is projected as zeros.
 */
export function partialProjection(
  packed: PackedGnn,
  timeframe: number,
  readout: Readout,
  counts: ArrayLike<number>,
): Float64Array {
  const dense = packed.projections[timeframe]!;
  const D = dense.outputs;
  const width = dense.inputs;
  const partial = new Float64Array(counts.length * D);
  const rows = Math.min(BLOCK_ROWS, counts.length);
  const capacity = rows === 1 ? 1 : BLOCK_ROWS;
  const x = new Float64Array(capacity * width);
  const out = new Float64Array(capacity * D);
  const zeros = new Float64Array(D);
  const biasAt = new Int32Array(capacity);
  for (let start = 0; start < counts.length; start += BLOCK_ROWS) {
    const block = Math.min(BLOCK_ROWS, counts.length - start);
    for (let r = 0; r < block; r++) {
      if (counts[start + r]! > 0) readout.write(counts[start + r]!, x, r * width);
      else x.fill(0, r * width, (r + 1) * width);
    }
    denseBlock(dense, x, zeros, biasAt, out, block);
    partial.set(out.length === block * D ? out : out.subarray(0, block * D), start * D);
  }
  return partial;
}

/**
 * bias + partial sums (fine to coarse, each D numbers from its offset on) → LayerNorm without a learned gain →
 * unit length, at `out[at]…`. Without a gain LayerNorm is centring and scaling, so what remains for cosine
 * distance is the shape of the embedding.
 */
export function writeEmbedding(
  bias: Float64Array,
  partials: readonly Float64Array[],
  offsets: ArrayLike<number>,
  out: Float32Array,
  at: number,
  sum: Float64Array,
): void {
  const D = bias.length;
  let mean = 0;
  for (let j = 0; j < D; j++) {
    let total = bias[j]!;
    for (let t = 0; t < partials.length; t++) total += partials[t]![offsets[t]! + j]!;
    sum[j] = total;
    mean += total;
  }
  mean /= D;
  let squares = 0;
  for (let j = 0; j < D; j++) {
    sum[j]! -= mean;
    squares += sum[j]! * sum[j]!;
  }
  const scale = 1 / Math.sqrt(squares / D + LAYER_NORM_EPSILON);
  const length = Math.sqrt(squares) * scale;
  // All D numbers equal: no direction is better than another, but the length must be 1.
  if (!(length > 0)) out.fill(1 / Math.sqrt(D), at, at + D);
  else for (let j = 0; j < D; j++) out[at + j] = (sum[j]! * scale) / length;
}
