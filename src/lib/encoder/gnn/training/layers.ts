import type * as TfCore from "@tensorflow/tfjs-core";
import { EDGE_KINDS } from "../../../graph/graph.ts";
import type { GnnShape } from "../gnn-model.ts";
import { edgeSum } from "./edge-sum.ts";
import { gatAttention } from "./gat-attention.ts";
import { gatv2Attention } from "./gatv2-attention.ts";
import { neighbourMax } from "./neighbour-max.ts";
import { neighbourMean } from "./neighbour-mean.ts";
import { meanOfKind, type RunEdges } from "./run-edges.ts";

type Tf = typeof TfCore;
type Tensor2D = TfCore.Tensor2D;
export type Tensors = Readonly<Record<string, Tensor2D>>;

/** What one layer sees; n nodes, T timeframes. */
interface LayerInput {
  readonly tf: Tf;
  readonly shape: GnnShape;
  /** A weight of this layer. */
  readonly w: (name: string) => Tensor2D;
  readonly h: Tensor2D; // [n, inputs]
  readonly oneHot: Tensor2D; // [n, T]
  readonly edges: RunEdges;
}

/** Top-layer states [n, H]: what inference computes, as tensors. The caller owns the result. */
export function gnnLayers(
  tf: Tf,
  shape: GnnShape,
  weights: Tensors,
  inputs: Tensor2D,
  oneHot: Tensor2D,
  edges: RunEdges,
): Tensor2D {
  let h = inputs;
  for (let layer = 0; layer < shape.layers; layer++) {
    const w = (name: string): Tensor2D => weights[`layer${layer}.${name}`]!;
    h = tf.relu<Tensor2D>(layerOf({ tf, shape, w, h, oneHot, edges }));
  }
  return h;
}

/** A layer before its relu, [n, H]; the formulas are those of `kernels/`. */
function layerOf(input: LayerInput): Tensor2D {
  const { tf, shape, w, h, edges } = input;
  switch (shape.layer) {
    case "sage":
      return withSelf(input, tf.matMul<Tensor2D>(neighbourMean(tf, h, edges), w("neighbours")));
    case "sage-max":
      return withSelf(input, tf.matMul<Tensor2D>(neighbourMax(tf, h, edges), w("neighbours")));
    case "relational":
      return withSelf(input, relations(input));
    case "gin":
      return isomorphism(input, neighbourMean(tf, h, { ...edges, shares: edges.weights }));
    case "gine":
      return isomorphism(input, edgeSum(tf, h, w("edge"), edges));
    case "gat":
      return withSelf(input, gat(input));
    case "gatv2":
      return withSelf(input, gatv2(input));
  }
}

/** h·self + heard + bias of the timeframe. */
function withSelf({ tf, w, h, oneHot }: LayerInput, heard: Tensor2D): Tensor2D {
  return tf.add<Tensor2D>(
    tf.add(tf.matMul<Tensor2D>(h, w("self")), heard),
    tf.matMul<Tensor2D>(oneHot, w("bias")),
  );
}

function relations({ tf, w, h, edges }: LayerInput): Tensor2D {
  const parts = EDGE_KINDS.map((kind, i) =>
    tf.matMul<Tensor2D>(neighbourMean(tf, h, meanOfKind(edges, i)), w(`neighbours.${kind}`)),
  );
  return parts.reduce((sum, part) => tf.add<Tensor2D>(sum, part));
}

/** relu(((1 + eps) h + heard)·first + firstBias)·second + secondBias. */
function isomorphism({ tf, w, h, oneHot }: LayerInput, heard: Tensor2D): Tensor2D {
  const own = tf.add<Tensor2D>(h, tf.mul(h, w("eps")));
  const inner = tf.add<Tensor2D>(
    tf.matMul<Tensor2D>(tf.add<Tensor2D>(own, heard), w("first")),
    tf.matMul<Tensor2D>(oneHot, w("firstBias")),
  );
  return tf.add<Tensor2D>(tf.matMul<Tensor2D>(tf.relu(inner), w("second")), w("secondBias"));
}

function gat({ tf, shape, w, h, edges }: LayerInput): Tensor2D {
  const value = tf.matMul<Tensor2D>(h, w("value"));
  const ofHead = headSums(tf, shape);
  /** x·vector per head: [rows, H], [heads, H / heads] → [rows, heads]. */
  const scored = (x: Tensor2D, vector: string): Tensor2D =>
    tf.matMul<Tensor2D>(tf.mul<Tensor2D>(x, tf.reshape(w(vector), [1, shape.hidden])), ofHead);
  return gatAttention(
    tf,
    {
      value,
      sender: scored(value, "sender"),
      receiver: scored(value, "receiver"),
      edge: scored(w("edge"), "attendEdge"),
    },
    edges,
  );
}

function gatv2({ tf, w, h, edges }: LayerInput): Tensor2D {
  const tensors = { value: tf.matMul<Tensor2D>(h, w("value")), query: tf.matMul<Tensor2D>(h, w("query")) };
  return gatv2Attention(tf, { ...tensors, edge: w("edge"), attend: w("attend") }, edges);
}

/** [H, heads]: 1 where a column belongs to a head. */
function headSums(tf: Tf, { hidden, heads }: GnnShape): Tensor2D {
  const ones = new Float32Array(hidden * heads);
  for (let k = 0; k < hidden; k++) ones[k * heads + Math.floor(k / (hidden / heads))] = 1;
  return tf.tensor2d(ones, [hidden, heads]);
}

/** [n, T] */
export function oneHotRows(timeframe: Uint8Array, timeframes: number): Float32Array {
  const rows = new Float32Array(timeframe.length * timeframes);
  timeframe.forEach((t, node) => (rows[node * timeframes + t] = 1));
  return rows;
}
