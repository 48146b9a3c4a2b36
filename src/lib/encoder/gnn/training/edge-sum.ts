import type * as TfCore from "@tensorflow/tfjs-core";
import { EDGE_KINDS } from "../../../graph/graph.ts";
import type { RunEdges } from "./run-edges.ts";
import { typedOp } from "./typed-op.ts";

const TIME = EDGE_KINDS.length; // row of the weight matrix that the time weight is multiplied with

/**
 * Σ_j w_ij relu(x_j + a_ij·edge) over incoming edges, as GINE has it: [n, C], [A, C] → [n, C]. a_ij is the one-hot kind of
 * the edge and its time weight, so a_ij·edge is a row of `edge` and a multiple of its last.
 */
export function edgeSum(
  tf: typeof TfCore,
  h: TfCore.Tensor2D,
  edge: TfCore.Tensor2D,
  edges: RunEdges,
): TfCore.Tensor2D {
  const [n, columns] = h.shape;
  return typedOp(tf, [h, edge], (x, w) => ({
    value: forward(x, w, edges, columns),
    shape: [n, columns],
    backward: (dy) => backward(x, w, dy, edges, columns),
  }));
}

function forward(x: Float32Array, edge: Float32Array, edges: RunEdges, columns: number): Float32Array {
  const { offsets, senders, weights, kinds, times } = edges;
  const n = offsets.length - 1;
  const out = new Float32Array(n * columns);
  for (let node = 0, to = 0; node < n; node++, to += columns)
    for (let e = offsets[node]!; e < offsets[node + 1]!; e++) {
      const from = senders[e]! * columns;
      const kind = kinds[e]! * columns;
      const [weight, time] = [weights[e]!, times[e]!];
      for (let k = 0; k < columns; k++) {
        const z = x[from + k]! + edge[kind + k]! + time * edge[TIME * columns + k]!;
        if (z > 0) out[to + k]! += weight * z;
      }
    }
  return out;
}

function backward(
  x: Float32Array,
  edge: Float32Array,
  dy: Float32Array,
  { offsets, senders, weights, kinds, times }: RunEdges,
  columns: number,
): Float32Array[] {
  const n = offsets.length - 1;
  const dx = new Float32Array(x.length);
  const dEdge = new Float64Array(edge.length);
  for (let node = 0, at = 0; node < n; node++, at += columns)
    for (let e = offsets[node]!; e < offsets[node + 1]!; e++) {
      const from = senders[e]! * columns;
      const kind = kinds[e]! * columns;
      const [weight, time] = [weights[e]!, times[e]!];
      for (let k = 0; k < columns; k++) {
        if (!(x[from + k]! + edge[kind + k]! + time * edge[TIME * columns + k]! > 0)) continue;
        const g = weight * dy[at + k]!;
        dx[from + k]! += g;
        dEdge[kind + k]! += g;
        dEdge[TIME * columns + k]! += time * g;
      }
    }
  return [dx, Float32Array.from(dEdge)];
}
