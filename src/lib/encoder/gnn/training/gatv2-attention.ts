import type * as TfCore from "@tensorflow/tfjs-core";
import { EDGE_KINDS } from "../../../graph/graph.ts";
import { attended, attendedBackward, edgeSoftmax, LEAK } from "./edge-softmax.ts";
import type { RunEdges } from "./run-edges.ts";
import { typedOp } from "./typed-op.ts";

const TIME = EDGE_KINDS.length;

/** Arguments of `gatv2Attention`; n nodes, C columns, A edge attributes. */
export interface Gatv2Tensors {
  readonly value: TfCore.Tensor2D; // [n, C]
  readonly query: TfCore.Tensor2D; // [n, C]
  readonly edge: TfCore.Tensor2D; // [A, C]
  readonly attend: TfCore.Tensor2D; // [heads, C / heads]
}

interface Arrays {
  readonly v: Float32Array;
  readonly query: Float32Array;
  readonly edge: Float32Array;
  readonly attend: Float32Array; // [C]
}

/** ∥_head Σ_j α_ij v_j with α = softmax_j attend·leakyRelu(query_i + v_j + a_ij·edge): [n, C]. */
export function gatv2Attention(tf: typeof TfCore, tensors: Gatv2Tensors, edges: RunEdges): TfCore.Tensor2D {
  const { value, query, edge, attend } = tensors;
  const [n, columns] = value.shape;
  const heads = attend.shape[0];
  return typedOp(tf, [value, query, edge, attend], (v, q, e, a) => {
    const arrays: Arrays = { v: v, query: q, edge: e, attend: a };
    const alpha = scoresOf(arrays, edges, heads, columns);
    edgeSoftmax(alpha, edges, heads);
    return {
      value: attended(alpha, v, edges, heads, columns),
      shape: [n, columns],
      backward: (dy) => {
        const { dScores, dv } = attendedBackward(alpha, v, dy, edges, heads, columns);
        return scoresBackward(arrays, dScores, dv, edges, heads, columns);
      },
    };
  });
}

function scoresOf(
  { v, query, edge, attend }: Arrays,
  { offsets, senders, kinds, times }: RunEdges,
  heads: number,
  columns: number,
): Float32Array {
  const n = offsets.length - 1;
  const width = columns / heads;
  const scores = new Float32Array(senders.length * heads);
  for (let node = 0, own = 0; node < n; node++, own += columns)
    for (let e = offsets[node]!; e < offsets[node + 1]!; e++) {
      const from = senders[e]! * columns;
      const kind = kinds[e]! * columns;
      const time = times[e]!;
      for (let head = 0, k = 0; head < heads; head++) {
        let score = 0;
        for (const stop = k + width; k < stop; k++) {
          const z = query[own + k]! + v[from + k]! + edge[kind + k]! + time * edge[TIME * columns + k]!;
          score += attend[k]! * (z > 0 ? z : LEAK * z);
        }
        scores[e * heads + head] = score;
      }
    }
  return scores;
}

/** Gradients of value (added to `dv`), query, edge and attend. */
function scoresBackward(
  { v, query, edge, attend }: Arrays,
  dScores: Float32Array,
  dv: Float32Array,
  { offsets, senders, kinds, times }: RunEdges,
  heads: number,
  columns: number,
): Float32Array[] {
  const n = offsets.length - 1;
  const width = columns / heads;
  const dQuery = new Float32Array(query.length);
  const dEdge = new Float64Array(edge.length);
  const dAttend = new Float64Array(columns);
  for (let node = 0, own = 0; node < n; node++, own += columns)
    for (let e = offsets[node]!; e < offsets[node + 1]!; e++) {
      const from = senders[e]! * columns;
      const kind = kinds[e]! * columns;
      const time = times[e]!;
      for (let head = 0, k = 0; head < heads; head++) {
        const g = dScores[e * heads + head]!;
        for (const stop = k + width; k < stop; k++) {
          const z = query[own + k]! + v[from + k]! + edge[kind + k]! + time * edge[TIME * columns + k]!;
          const slope = z > 0 ? 1 : LEAK;
          const dz = g * attend[k]! * slope;
          dAttend[k]! += g * slope * z;
          dQuery[own + k]! += dz;
          dv[from + k]! += dz;
          dEdge[kind + k]! += dz;
          dEdge[TIME * columns + k]! += time * dz;
        }
      }
    }
  return [dv, dQuery, Float32Array.from(dEdge), Float32Array.from(dAttend)];
}
