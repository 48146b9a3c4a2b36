import { EDGE_KINDS } from "../../../graph/graph.ts";
import { grown } from "../../../math/grown.ts";
import { BLOCK_ROWS, denseBlock, packDense } from "../dense.ts";
import { layerInputs, type GnnModel } from "../gnn-model.ts";
import type { GnnNodes } from "../gnn-nodes.ts";
import { addHeard, expScores, NEGATIVE_SLOPE } from "./attention.ts";
import { beside, copyRow, type LayerKernel } from "./layer-kernel.ts";

/**
 * GATv2, h' = relu(h · self + ∥_head Σ_j α_j v_j + bias[timeframe]) with v = h · value, and per head
 * α = softmax_j attend · leakyReLU(h_i · query + v_j + a_j · edge), a_j the attributes of the edge (Brody, Alon & Yahav
 * 2022, equation 7). What a node says, v, is made once and kept.
 */
export function gatv2Kernel({ shape, weights }: GnnModel, layer: number): LayerKernel {
  const inputs = layerInputs(shape, layer);
  const { hidden: H, heads, timeframes } = shape;
  const of = (name: string): Float32Array => weights[`layer${layer}.${name}`]!;
  const dense = packDense(beside(inputs, of("self"), of("value"), of("query")), inputs, 3 * H);
  const bias = Float64Array.from(beside(timeframes, of("bias"), new Float32Array(timeframes * 2 * H)));
  const edge = Float64Array.from(of("edge")); // [A, H]
  const attend = Float64Array.from(of("attend"));
  const x = new Float64Array(BLOCK_ROWS * inputs);
  const out = new Float64Array(BLOCK_ROWS * 3 * H);
  const biasAt = new Int32Array(BLOCK_ROWS);
  const totals = new Float64Array(heads);
  const sum = new Float64Array(H);
  let scores = new Float64Array(64 * heads);
  return {
    inputs,
    update(nodes, { source, kept, target }, start, rows) {
      for (let r = 0; r < rows; r++) {
        biasAt[r] = nodes.timeframe[start + r]! * 3 * H;
        copyRow(source, start + r, inputs, x, r * inputs);
      }
      denseBlock(dense, x, bias, biasAt, out, rows);
      for (let r = 0; r < rows; r++)
        for (let j = 0, to = (start + r) * H, from = r * 3 * H + H; j < H; j++) kept[to + j] = out[from + j]!;
      for (let r = 0; r < rows; r++) {
        const [begin, end] = [nodes.offsets[start + r]!, nodes.offsets[start + r + 1]!];
        const at = r * 3 * H;
        if (begin < end) {
          scores = grown(scores, (end - begin) * heads);
          scoreEdges(nodes, kept, out, at + 2 * H, begin, end, edge, attend, scores, heads);
          expScores(scores, totals, end - begin, heads);
          addHeard(kept, H, nodes.senders, begin, end, scores, totals, out, at, sum);
        }
        for (let j = 0, o = (start + r) * H; j < H; j++) target[o + j] = out[at + j]! > 0 ? out[at + j]! : 0;
      }
    },
  };
}

/** attend · leakyReLU(query + value of the sender + attributes of the edge), for each edge and head, to `scores`. */
function scoreEdges(
  { senders, edgeKind, edgeTime }: GnnNodes,
  kept: Float32Array,
  queries: Float64Array,
  query: number,
  begin: number,
  end: number,
  edge: Float64Array,
  attend: Float64Array,
  scores: Float64Array,
  heads: number,
): void {
  const H = attend.length;
  const C = H / heads;
  const last = EDGE_KINDS.length * H;
  for (let e = begin, s = 0; e < end; e++) {
    const from = senders[e]! * H;
    const kind = edgeKind[e]! * H;
    const time = edgeTime![e]!;
    for (let head = 0, j = 0; head < heads; head++) {
      let score = 0;
      for (const stop = j + C; j < stop; j++) {
        const z = queries[query + j]! + kept[from + j]! + edge[kind + j]! + time * edge[last + j]!;
        score += attend[j]! * (z > 0 ? z : NEGATIVE_SLOPE * z);
      }
      scores[s++] = score;
    }
  }
}
