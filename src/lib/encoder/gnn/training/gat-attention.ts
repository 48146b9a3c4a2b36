import type * as TfCore from "@tensorflow/tfjs-core";
import { EDGE_KINDS } from "../../../graph/graph.ts";
import { attended, attendedBackward, edgeSoftmax, LEAK } from "./edge-softmax.ts";
import type { RunEdges } from "./run-edges.ts";
import { typedOp } from "./typed-op.ts";

const TIME = EDGE_KINDS.length;

/** Arguments of `gatAttention`; n nodes, C columns, A edge attributes. */
export interface GatTensors {
  readonly value: TfCore.Tensor2D; // [n, C]
  readonly sender: TfCore.Tensor2D; // [n, heads] s·v_j
  readonly receiver: TfCore.Tensor2D; // [n, heads] r·v_i
  readonly edge: TfCore.Tensor2D; // [A, heads] q·edge
}

/** ∥_head Σ_j α_ij v_j with α = softmax_j leakyRelu(s·v_j + r·v_i + a_ij·(q·edge)): [n, C]. */
export function gatAttention(tf: typeof TfCore, tensors: GatTensors, edges: RunEdges): TfCore.Tensor2D {
  const { value, sender, receiver, edge } = tensors;
  const [n, columns] = value.shape;
  const heads = sender.shape[1];
  return typedOp(tf, [value, sender, receiver, edge], (...arrays) => {
    const [v, s, r, q] = arrays as [Float32Array, Float32Array, Float32Array, Float32Array];
    const raw = rawScores(s, r, q, edges, heads);
    const alpha = raw.map((x) => (x > 0 ? x : LEAK * x));
    edgeSoftmax(alpha, edges, heads);
    return {
      value: attended(alpha, v, edges, heads, columns),
      shape: [n, columns],
      backward: (dy) => {
        const { dScores, dv } = attendedBackward(alpha, v, dy, edges, heads, columns);
        for (let i = 0; i < raw.length; i++) if (!(raw[i]! > 0)) dScores[i]! *= LEAK;
        return [dv, ...spread(dScores, edges, heads)];
      },
    };
  });
}

function rawScores(
  s: Float32Array,
  r: Float32Array,
  q: Float32Array,
  { offsets, senders, kinds, times }: RunEdges,
  heads: number,
): Float32Array {
  const n = offsets.length - 1;
  const scores = new Float32Array(senders.length * heads);
  for (let node = 0; node < n; node++)
    for (let e = offsets[node]!; e < offsets[node + 1]!; e++)
      for (let head = 0; head < heads; head++)
        scores[e * heads + head] =
          s[senders[e]! * heads + head]! +
          r[node * heads + head]! +
          q[kinds[e]! * heads + head]! +
          times[e]! * q[TIME * heads + head]!;
  return scores;
}

/** Gradients of the sums that the scores are: of senders, receivers and edge attributes. */
function spread(
  dScores: Float32Array,
  { offsets, senders, kinds, times }: RunEdges,
  heads: number,
): Float32Array[] {
  const n = offsets.length - 1;
  const ds = new Float32Array(n * heads);
  const dr = new Float32Array(n * heads);
  const dq = new Float64Array((TIME + 1) * heads);
  for (let node = 0; node < n; node++)
    for (let e = offsets[node]!; e < offsets[node + 1]!; e++)
      for (let head = 0; head < heads; head++) {
        const g = dScores[e * heads + head]!;
        ds[senders[e]! * heads + head]! += g;
        dr[node * heads + head]! += g;
        dq[kinds[e]! * heads + head]! += g;
        dq[TIME * heads + head]! += times[e]! * g;
      }
  return [ds, dr, Float32Array.from(dq)];
}
