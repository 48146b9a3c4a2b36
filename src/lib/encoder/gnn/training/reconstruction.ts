import type * as TfCore from "@tensorflow/tfjs-core";
import type { Rng } from "../../../math/rng.ts";
import type { ReconstructionOptions } from "../../objective-options.ts";
import { gaussian, type GnnShape, type WeightShapes } from "../gnn-model.ts";
import type { Parameters } from "./adam.ts";
import { gnnLayers, oneHotRows, type Tensors } from "./layers.ts";
import { drawMask, type Mask } from "./mask.ts";
import type { ChunkLoss, Objective, ObjectiveGround } from "./objective.ts";
import type { Run } from "./run.ts";

type Tf = typeof TfCore;

/**
 * Filling in hidden candles: masked graph autoencoding (Hou et al. 2022, GraphMAE), with a decoder per node of one hidden
 * layer and squared error, since features are scaled and signed. Learnt nothing: saying the mean of every feature.
 */
export function reconstruction(
  { trainee: { shape } }: ObjectiveGround,
  { maskShare = 0.4 }: ReconstructionOptions,
): Objective {
  return {
    name: "reconstruction",
    pieces: 1,
    shapes: shapesOf(shape),
    initial: (rng) => initial(shape, rng),
    draw: (run, rng) => hiddenLoss(shape, run, drawMask(run, shape.timeframes, maskShare, rng)),
  };
}

/** The token that stands for hidden features, and the decoder. */
function shapesOf({ features, hidden, timeframes }: GnnShape): WeightShapes {
  return {
    "mask.token": [1, features],
    "decoder.hidden": [hidden, hidden],
    "decoder.hiddenBias": [timeframes, hidden],
    "decoder.output": [hidden, features],
    "decoder.outputBias": [timeframes, features],
  };
}

function initial({ features, hidden, timeframes }: GnnShape, rng: Rng): Parameters {
  return {
    "mask.token": new Float32Array(features),
    "decoder.hidden": gaussian(hidden, hidden, Math.sqrt(2 / hidden), rng),
    "decoder.hiddenBias": new Float32Array(timeframes * hidden),
    "decoder.output": gaussian(hidden, features, Math.sqrt(1 / hidden), rng),
    "decoder.outputBias": new Float32Array(timeframes * features),
  };
}

function hiddenLoss(shape: GnnShape, run: Run, mask: Mask): ChunkLoss | null {
  const counts = total(mask.counted);
  if (counts === 0) return null;
  let squares = 0;
  for (let i = 0; i < run.inputs.length; i++) squares += mask.counted[i]! * run.inputs[i]! * run.inputs[i]!;
  return {
    windows: run.timeframe.reduce((count, t) => count + (t === 0 ? 1 : 0), 0),
    baseline: squares / counts,
    loss: (tf, weights) => meanSquare(tf, shape, weights, run, mask, counts),
  };
}

/** Mean squared error over the hidden, defined features of a run. */
function meanSquare(
  tf: Tf,
  shape: GnnShape,
  weights: Tensors,
  run: Run,
  mask: Mask,
  counts: number,
): TfCore.Scalar {
  const { nodes: n } = run;
  const target = tf.tensor2d(run.inputs, [n, shape.features]);
  const counted = tf.tensor2d(mask.counted, [n, shape.features]);
  const masked = tf.tensor2d(mask.masked, [n, 1]);
  const oneHot = tf.tensor2d(oneHotRows(run.timeframe, shape.timeframes), [n, shape.timeframes]);
  const seen = tf.add<TfCore.Tensor2D>(
    tf.mul(target, tf.sub(1, masked)),
    tf.matMul(masked, weights["mask.token"]!),
  );
  const top = gnnLayers(tf, shape, weights, seen, oneHot, run.edges);
  const hidden = tf.relu<TfCore.Tensor2D>(
    tf.add(tf.matMul(top, weights["decoder.hidden"]!), tf.matMul(oneHot, weights["decoder.hiddenBias"]!)),
  );
  const output = tf.add(
    tf.matMul(hidden, weights["decoder.output"]!),
    tf.matMul(oneHot, weights["decoder.outputBias"]!),
  );
  const error = tf.mul(tf.square(tf.sub(output, target)), counted);
  return tf.div<TfCore.Scalar>(tf.sum(error), counts);
}

function total(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
