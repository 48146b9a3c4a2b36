import { grown } from "../../../math/grown.ts";
import { BLOCK_ROWS, denseBlock, packDense } from "../dense.ts";
import { EDGE_ATTRIBUTES, keptWidth, layerInputs, type GnnModel } from "../gnn-model.ts";
import type { GnnNodes } from "../gnn-nodes.ts";
import { addHeard, expScores, NEGATIVE_SLOPE } from "./attention.ts";
import { beside, copyRow, type LayerKernel } from "./layer-kernel.ts";

/**
 * GAT, h' = relu(h · self + ∥_head Σ_j α_j v_j + bias[timeframe]) with v = h · value, and per head
 * α = softmax_j leakyReLU(sender · v_j + receiver · v_i + attendEdge · (a_j · edge)), a_j the attributes of the edge
 * (Veličković et al. 2018, equations 1 to 5). What a node says, v and sender · v per head, is made once and kept.
 */
export function gatKernel({ shape, weights }: GnnModel, layer: number): LayerKernel {
  const inputs = layerInputs(shape, layer);
  const { hidden: H, heads, timeframes } = shape;
  const K = keptWidth(shape);
  const of = (name: string): Float32Array => weights[`layer${layer}.${name}`]!;
  const dense = packDense(beside(inputs, of("self"), of("value")), inputs, 2 * H);
  const bias = Float64Array.from(beside(timeframes, of("bias"), new Float32Array(timeframes * H)));
  const [sender, receiver] = [Float64Array.from(of("sender")), Float64Array.from(of("receiver"))];
  const edge = edgeScores(of("edge"), of("attendEdge"), heads);
  const x = new Float64Array(BLOCK_ROWS * inputs);
  const out = new Float64Array(BLOCK_ROWS * 2 * H);
  const biasAt = new Int32Array(BLOCK_ROWS);
  const own = new Float64Array(BLOCK_ROWS * heads); // receiver · v
  const totals = new Float64Array(heads);
  const sum = new Float64Array(H);
  let scores = new Float64Array(64 * heads);
  const score = (nodes: GnnNodes, kept: Float32Array, r: number, begin: number, end: number): void => {
    const time = EDGE_ATTRIBUTES - 1;
    for (let e = begin, s = 0; e < end; e++) {
      const from = nodes.senders[e]! * K + H;
      const kind = nodes.edgeKind[e]! * heads;
      for (let head = 0; head < heads; head++) {
        const ofEdge = edge[kind + head]! + nodes.edgeTime![e]! * edge[time * heads + head]!;
        const z = kept[from + head]! + own[r * heads + head]! + ofEdge;
        scores[s++] = z > 0 ? z : NEGATIVE_SLOPE * z;
      }
    }
  };
  return {
    inputs,
    update(nodes, { source, kept, target }, start, rows) {
      for (let r = 0; r < rows; r++) {
        biasAt[r] = nodes.timeframe[start + r]! * 2 * H;
        copyRow(source, start + r, inputs, x, r * inputs);
      }
      denseBlock(dense, x, bias, biasAt, out, rows);
      for (let r = 0; r < rows; r++) {
        const value = r * 2 * H + H;
        const to = (start + r) * K;
        for (let j = 0; j < H; j++) kept[to + j] = out[value + j]!;
        perHead(sender, out, value, heads, kept, to + H);
        perHead(receiver, out, value, heads, own, r * heads);
      }
      for (let r = 0; r < rows; r++) {
        const [begin, end] = [nodes.offsets[start + r]!, nodes.offsets[start + r + 1]!];
        const at = r * 2 * H;
        if (begin < end) {
          scores = grown(scores, (end - begin) * heads);
          score(nodes, kept, r, begin, end);
          expScores(scores, totals, end - begin, heads);
          addHeard(kept, K, nodes.senders, begin, end, scores, totals, out, at, sum);
        }
        for (let j = 0, o = (start + r) * H; j < H; j++) target[o + j] = out[at + j]! > 0 ? out[at + j]! : 0;
      }
    },
  };
}

/** `vectors` [heads, C] times the values of each head, at `to[at]…`. */
function perHead(
  vectors: Float64Array,
  values: Float64Array,
  from: number,
  heads: number,
  to: Float32Array | Float64Array,
  at: number,
): void {
  const C = vectors.length / heads;
  for (let head = 0, j = 0; head < heads; head++) {
    let sum = 0;
    for (const stop = j + C; j < stop; j++) sum += vectors[j]! * values[from + j]!;
    to[at + head] = sum;
  }
}

/** What each attribute adds to the score of each head, [A, heads]: attendEdge · edge. */
function edgeScores(edge: Float32Array, attendEdge: Float32Array, heads: number): Float64Array {
  const H = attendEdge.length;
  const values = Float64Array.from(edge);
  const scores = new Float64Array(EDGE_ATTRIBUTES * heads);
  const vectors = Float64Array.from(attendEdge);
  for (let a = 0; a < EDGE_ATTRIBUTES; a++) perHead(vectors, values, a * H, heads, scores, a * heads);
  return scores;
}
