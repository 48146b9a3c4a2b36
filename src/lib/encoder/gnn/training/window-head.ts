import type * as TfCore from "@tensorflow/tfjs-core";
import type { Rng } from "../../../math/rng.ts";
import { gaussian, type GnnShape, type WeightShapes } from "../gnn-model.ts";
import type { Parameters } from "./adam.ts";
import { gnnLayers, oneHotRows, type Tensors } from "./layers.ts";
import { readoutWidth, readWindows } from "./read-windows.ts";
import type { Run, RunAnchors, Trainee } from "./run.ts";

/** Readouts [A, T · R · H] of a run's anchors; its inputs and edges may have been changed. */
export function windowsOf(
  tf: typeof TfCore,
  trainee: Trainee,
  weights: Tensors,
  { nodes, inputs, timeframe, edges }: Run,
  anchors: RunAnchors,
): TfCore.Tensor2D {
  const { shape } = trainee;
  const oneHot = tf.tensor2d(oneHotRows(timeframe, shape.timeframes), [nodes, shape.timeframes]);
  const seen = tf.tensor2d(inputs, [nodes, shape.features]);
  const top = gnnLayers(tf, shape, weights, seen, oneHot, edges);
  return readWindows(tf, trainee, weights, top, anchors);
}

/** Two layers between readouts and what is compared; thrown away after training (Chen et al. 2020, SimCLR). */
export function headShapes(name: string, shape: GnnShape): WeightShapes {
  const { hidden } = shape;
  return {
    [`${name}.hidden`]: [readoutWidth(shape), hidden],
    [`${name}.hiddenBias`]: [1, hidden],
    [`${name}.output`]: [hidden, hidden],
  };
}

export function initialHead(name: string, shape: GnnShape, rng: Rng): Parameters {
  const { hidden } = shape;
  const width = readoutWidth(shape);
  return {
    [`${name}.hidden`]: gaussian(width, hidden, Math.sqrt(2 / width), rng),
    [`${name}.hiddenBias`]: new Float32Array(hidden),
    [`${name}.output`]: gaussian(hidden, hidden, Math.sqrt(1 / hidden), rng),
  };
}

/** [A, T · R · H] → [A, H] */
export function head(
  tf: typeof TfCore,
  name: string,
  weights: Tensors,
  windows: TfCore.Tensor2D,
): TfCore.Tensor2D {
  const inner = tf.add<TfCore.Tensor2D>(
    tf.matMul(windows, weights[`${name}.hidden`]!),
    weights[`${name}.hiddenBias`]!,
  );
  return tf.matMul<TfCore.Tensor2D>(tf.relu(inner), weights[`${name}.output`]!);
}
