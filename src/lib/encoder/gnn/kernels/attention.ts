import { exp } from "../../../math/exp.ts";
import { grown } from "../../../math/grown.ts";
import { BLOCK_ROWS, denseBlock, packDense } from "../dense.ts";
import { keptWidth, layerInputs, type GnnModel } from "../gnn-model.ts";
import type { GnnNodes } from "../gnn-nodes.ts";
import { beside, copyRow, type LayerKernel } from "./layer-kernel.ts";

// E edges of one receiver, C = H / heads columns of a head, W columns of all matrices side by side

/** Slope of leakyReLU below zero, as in Veličković et al. 2018. */
const NEGATIVE_SLOPE = 0.2;

/** leakyReLU(z) = EVEN · z + FOLDED · |z|: without a branch, which half of all numbers would take the wrong way. */
export const EVEN: number = (1 + NEGATIVE_SLOPE) / 2;
export const FOLDED: number = (1 - NEGATIVE_SLOPE) / 2;

/** How a kind of attention says who is heard; `out` [BLOCK_ROWS, W] are the block's states times all matrices. */
export interface Scorer {
  /** Once for each node `r` of a block, before any is scored: what it keeps beside its values, at `kept[to]…`. */
  prepare(out: Float64Array, r: number, kept: Float32Array, to: number): void;
  /** Scores [E, heads] of edges [begin, end) into node `r` of the block. */
  score(
    nodes: GnnNodes,
    kept: Float32Array,
    out: Float64Array,
    r: number,
    begin: number,
    end: number,
    scores: Float64Array,
  ): void;
}

/**
 * h' = relu(h · self + ∥_head Σ_j α_j v_j + bias[timeframe]) with v = h · value and α = softmax_j(score_j), one for each
 * head. `others` names matrices beside `self` and `value` that the scorer reads. What a node says is made once and kept.
 */
export function attentionKernel(
  { shape, weights }: GnnModel,
  layer: number,
  others: readonly string[],
  scorer: Scorer,
): LayerKernel {
  const inputs = layerInputs(shape, layer);
  const { hidden: H, heads, timeframes } = shape;
  const K = keptWidth(shape);
  const of = (name: string): Float32Array => weights[`layer${layer}.${name}`]!;
  const W = (2 + others.length) * H;
  const dense = packDense(beside(inputs, ...["self", "value", ...others].map(of)), inputs, W);
  const bias = Float64Array.from(beside(timeframes, of("bias"), new Float32Array(timeframes * (W - H))));
  const x = new Float64Array(BLOCK_ROWS * inputs);
  const out = new Float64Array(BLOCK_ROWS * W);
  const biasAt = new Int32Array(BLOCK_ROWS);
  const hear = hearing(H, heads, K, scorer);
  return {
    inputs,
    update(nodes, { source, kept, target }, start, rows) {
      for (let r = 0; r < rows; r++) {
        biasAt[r] = nodes.timeframe[start + r]! * W;
        copyRow(source, start + r, inputs, x, r * inputs);
      }
      denseBlock(dense, x, bias, biasAt, out, rows);
      for (let r = 0; r < rows; r++) {
        const to = (start + r) * K;
        for (let j = 0, from = r * W + H; j < H; j++) kept[to + j] = out[from + j]!;
        scorer.prepare(out, r, kept, to + H);
      }
      for (let r = 0; r < rows; r++) {
        hear(nodes, kept, out, r, r * W, nodes.offsets[start + r]!, nodes.offsets[start + r + 1]!);
        for (let j = 0, at = r * W, o = (start + r) * H; j < H; j++)
          target[o + j] = 0.5 * (out[at + j]! + Math.abs(out[at + j]!)); // relu
      }
    },
  };
}

/** Adds to `out[at]…` what node `r` of a block hears over edges [begin, end), of which there may be none. */
type Hear = (
  nodes: GnnNodes,
  kept: Float32Array,
  out: Float64Array,
  r: number,
  at: number,
  begin: number,
  end: number,
) => void;

function hearing(H: number, heads: number, K: number, scorer: Scorer): Hear {
  const C = H / heads;
  const totals = new Float64Array(heads);
  let scores = new Float64Array(64 * heads);
  return (nodes, kept, out, r, at, begin, end) => {
    if (begin === end) return;
    scores = grown(scores, (end - begin) * heads);
    scorer.score(nodes, kept, out, r, begin, end, scores);
    expScores(scores, totals, end - begin, heads);
    const { senders } = nodes;
    for (let head = 0, j = 0; head < heads; head++) {
      const total = totals[head]!;
      // Four columns at once stay in registers; a head may have fewer.
      for (const stop = j + C - (C & 3); j < stop; j += 4) {
        // prettier-ignore
        let a0 = 0, a1 = 0, a2 = 0, a3 = 0;
        for (let e = begin, s = head; e < end; e++, s += heads) {
          const from = senders[e]! * K + j;
          const share = scores[s]!;
          a0 += share * kept[from]!;
          a1 += share * kept[from + 1]!;
          a2 += share * kept[from + 2]!;
          a3 += share * kept[from + 3]!;
        }
        out[at + j]! += a0 / total;
        out[at + j + 1]! += a1 / total;
        out[at + j + 2]! += a2 / total;
        out[at + j + 3]! += a3 / total;
      }
      for (const stop = (head + 1) * C; j < stop; j++) {
        let sum = 0;
        for (let e = begin, s = head; e < end; e++, s += heads)
          sum += scores[s]! * kept[senders[e]! * K + j]!;
        out[at + j]! += sum / total;
      }
    }
  };
}

/**
 * Softmax over E edges for each head, in place and not yet divided: `scores` [E, heads] become their exponentials behind
 * the largest, whose sums are written to `totals` [heads].
 */
function expScores(scores: Float64Array, totals: Float64Array, E: number, heads: number): void {
  for (let head = 0; head < heads; head++) {
    let largest = -Infinity;
    for (let i = head; i < E * heads; i += heads) if (scores[i]! > largest) largest = scores[i]!;
    let total = 0;
    for (let i = head; i < E * heads; i += heads) total += scores[i] = exp(scores[i]! - largest);
    totals[head] = total;
  }
}
