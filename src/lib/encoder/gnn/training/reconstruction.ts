import type * as TfCore from "@tensorflow/tfjs-core";
import type { Rng } from "../../../math/rng.ts";
import { gaussian, initialLayers, layerShapes, type GnnShape } from "../gnn-model.ts";
import type { Parameters } from "./adam.ts";
import type { Chunk } from "./chunk.ts";
import { neighbourMean } from "./neighbour-mean.ts";

type Tf = typeof TfCore;
type Tensors = Readonly<Record<string, TfCore.Tensor2D>>;

/**
 * Shapes of all that is trained: the layers, the token that stands for hidden features, and a decoder of one hidden
 * layer, which inference does not have (masked graph autoencoding: Hou et al. 2022, GraphMAE; here with a decoder
 * per node and squared error, since features are scaled and signed).
 */
export function trainedShapes(shape: GnnShape): Readonly<Record<string, readonly [number, number]>> {
  const { features, hidden, timeframes } = shape;
  return {
    ...layerShapes(shape),
    "mask.token": [1, features],
    "decoder.hidden": [hidden, hidden],
    "decoder.hiddenBias": [timeframes, hidden],
    "decoder.output": [hidden, features],
    "decoder.outputBias": [timeframes, features],
  };
}

/** Layers as for an untrained encoder of the same seed; token and biases zero. */
export function initialParameters(shape: GnnShape, rng: Rng): Parameters {
  const { features, hidden, timeframes } = shape;
  return {
    ...initialLayers(shape, rng),
    "mask.token": new Float32Array(features),
    "decoder.hidden": gaussian(hidden, hidden, Math.sqrt(2 / hidden), rng),
    "decoder.hiddenBias": new Float32Array(timeframes * hidden),
    "decoder.output": gaussian(hidden, features, Math.sqrt(1 / hidden), rng),
    "decoder.outputBias": new Float32Array(timeframes * features),
  };
}

/** Top-layer states [n, H]: what inference computes, as tensors. The caller owns the result. */
export function gnnLayers(
  tf: Tf,
  shape: GnnShape,
  weights: Tensors,
  inputs: TfCore.Tensor2D,
  oneHot: TfCore.Tensor2D,
  edges: Chunk["edges"],
): TfCore.Tensor2D {
  let h = inputs;
  for (let layer = 0; layer < shape.layers; layer++) {
    const own = tf.matMul(h, weights[`layer${layer}.self`]!);
    const heard = tf.matMul(neighbourMean(tf, h, edges), weights[`layer${layer}.neighbours`]!);
    const bias = tf.matMul(oneHot, weights[`layer${layer}.bias`]!);
    h = tf.relu<TfCore.Tensor2D>(tf.add(tf.add(own, heard), bias));
  }
  return h;
}

/** Mean squared error over the hidden, defined features of a chunk. */
function chunkLoss(tf: Tf, shape: GnnShape, weights: Tensors, chunk: Chunk): TfCore.Scalar {
  const { nodes: n } = chunk;
  const target = tf.tensor2d(chunk.inputs, [n, shape.features]);
  const counted = tf.tensor2d(chunk.counted, [n, shape.features]);
  const masked = tf.tensor2d(chunk.masked, [n, 1]);
  const oneHot = tf.tensor2d(oneHotRows(chunk.timeframe, shape.timeframes), [n, shape.timeframes]);
  const seen = tf.add<TfCore.Tensor2D>(
    tf.mul(target, tf.sub(1, masked)),
    tf.matMul(masked, weights["mask.token"]!),
  );
  const top = gnnLayers(tf, shape, weights, seen, oneHot, chunk.edges);
  const hidden = tf.relu<TfCore.Tensor2D>(
    tf.add(tf.matMul(top, weights["decoder.hidden"]!), tf.matMul(oneHot, weights["decoder.hiddenBias"]!)),
  );
  const output = tf.add(
    tf.matMul(hidden, weights["decoder.output"]!),
    tf.matMul(oneHot, weights["decoder.outputBias"]!),
  );
  const error = tf.mul(tf.square(tf.sub(output, target)), counted);
  return tf.div<TfCore.Scalar>(tf.sum(error), Math.max(1, total(chunk.counted)));
}

/** Loss and gradients by name; leaves no tensor behind. */
export function lossAndGradients(
  tf: Tf,
  shape: GnnShape,
  parameters: Parameters,
  chunk: Chunk,
): { loss: number; gradients: Parameters } {
  const shapes = trainedShapes(shape);
  const names = Object.keys(shapes);
  return tf.tidy(() => {
    const tensors = names.map((name) => tf.tensor2d(parameters[name]!, [...shapes[name]!]));
    const f = (...xs: TfCore.Tensor[]): TfCore.Scalar => chunkLoss(tf, shape, named(names, xs), chunk);
    const { value, grads } = tf.valueAndGrads(f)(tensors);
    const gradients = Object.fromEntries(
      names.map((name, i) => [name, grads[i]!.dataSync() as Float32Array]),
    );
    return { loss: value.dataSync()[0]!, gradients };
  });
}

/** Loss alone; leaves no tensor behind. */
export function lossOf(tf: Tf, shape: GnnShape, parameters: Parameters, chunk: Chunk): number {
  const shapes = trainedShapes(shape);
  const names = Object.keys(shapes);
  return tf.tidy(() => {
    const tensors = names.map((name) => tf.tensor2d(parameters[name]!, [...shapes[name]!]));
    return chunkLoss(tf, shape, named(names, tensors), chunk).dataSync()[0]!;
  });
}

/** Loss of saying the mean of every feature: what reconstruction must beat. */
export function meanLoss({ inputs, counted }: Chunk): number {
  let sum = 0;
  for (let i = 0; i < inputs.length; i++) sum += counted[i]! * inputs[i]! * inputs[i]!;
  return sum / Math.max(1, total(counted));
}

export function oneHotRows(timeframe: Uint8Array, timeframes: number): Float32Array {
  const rows = new Float32Array(timeframe.length * timeframes);
  timeframe.forEach((t, node) => (rows[node * timeframes + t] = 1));
  return rows;
}

function named(names: readonly string[], tensors: readonly TfCore.Tensor[]): Tensors {
  return Object.fromEntries(names.map((name, i) => [name, tensors[i] as TfCore.Tensor2D]));
}

function total(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
