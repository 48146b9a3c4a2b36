import { BLOCK_ROWS } from "../dense.ts";
import { EDGE_ATTRIBUTES, keptWidth, type GnnModel } from "../gnn-model.ts";
import { attentionKernel, EVEN, FOLDED, type Scorer } from "./attention.ts";
import type { LayerKernel } from "./layer-kernel.ts";

/**
 * GAT: the score of an edge is leakyReLU(sender · v_j + receiver · v_i + attendEdge · (a_j · edge)) per head, a_j the
 * attributes of the edge (Veličković et al. 2018, equations 1 to 5). A node keeps sender · v beside its values.
 */
export function gatKernel(model: GnnModel, layer: number): LayerKernel {
  return attentionKernel(model, layer, [], gatScorer(model, layer));
}

function gatScorer({ shape, weights }: GnnModel, layer: number): Scorer {
  const { hidden: H, heads } = shape;
  const K = keptWidth(shape);
  const of = (name: string): Float64Array => Float64Array.from(weights[`layer${layer}.${name}`]!);
  const [sender, receiver] = [of("sender"), of("receiver")];
  const edge = edgeScores(of("edge"), of("attendEdge"), heads);
  const own = new Float64Array(BLOCK_ROWS * heads); // receiver · v
  const time = (EDGE_ATTRIBUTES - 1) * heads;
  return {
    prepare(out, r, kept, to) {
      const values = r * 2 * H + H;
      perHead(sender, out, values, heads, kept, to);
      perHead(receiver, out, values, heads, own, r * heads);
    },
    score({ senders, edgeKind, edgeTime }, kept, _, r, begin, end, scores) {
      for (let e = begin, s = 0; e < end; e++) {
        const from = senders[e]! * K + H;
        const kind = edgeKind[e]! * heads;
        for (let head = 0; head < heads; head++) {
          const ofEdge = edge[kind + head]! + edgeTime![e]! * edge[time + head]!;
          const z = kept[from + head]! + own[r * heads + head]! + ofEdge;
          scores[s++] = EVEN * z + FOLDED * Math.abs(z); // leakyReLU
        }
      }
    },
  };
}

/** `vectors` [heads, C] times the values of each head, to `to[at]…`. */
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
function edgeScores(edge: Float64Array, attendEdge: Float64Array, heads: number): Float64Array {
  const scores = new Float64Array(EDGE_ATTRIBUTES * heads);
  for (let a = 0; a < EDGE_ATTRIBUTES; a++)
    perHead(attendEdge, edge, a * attendEdge.length, heads, scores, a * heads);
  return scores;
}
