import type * as TfCore from "@tensorflow/tfjs-core";
import { layerShapes, readoutShapes, type GnnShape, type WeightShapes } from "../gnn-model.ts";
import type { Parameters } from "./adam.ts";
import type { Tensors } from "./layers.ts";
import type { ChunkLoss, Objective } from "./objective.ts";

type Tf = typeof TfCore;

/** Names and shapes of all that is trained: layers, readouts, and what the objective needs beside them. */
export function trainedShapes(shape: GnnShape, objective: Pick<Objective, "shapes">): WeightShapes {
  return { ...layerShapes(shape), ...readoutShapes(shape), ...objective.shapes };
}

/** Loss and gradients by name; leaves no tensor behind. */
export function lossAndGradients(
  tf: Tf,
  shapes: WeightShapes,
  parameters: Parameters,
  chunk: ChunkLoss,
): { readonly loss: number; readonly gradients: Parameters } {
  const names = Object.keys(shapes);
  let loss = NaN;
  const gradients: Parameters = {};
  // Nothing is returned from the tidy: it would look for tensors in every number.
  tf.tidy(() => {
    const f = (...xs: TfCore.Tensor[]): TfCore.Scalar => chunk.loss(tf, named(names, xs));
    const { value, grads } = tf.valueAndGrads(f)(tensorsOf(tf, shapes, parameters));
    names.forEach((name, i) => (gradients[name] = grads[i]!.dataSync() as Float32Array));
    loss = value.dataSync()[0]!;
  });
  return { loss, gradients };
}

/** Loss alone; leaves no tensor behind. */
export function lossOf(tf: Tf, shapes: WeightShapes, parameters: Parameters, chunk: ChunkLoss): number {
  const names = Object.keys(shapes);
  return tf.tidy(() => chunk.loss(tf, named(names, tensorsOf(tf, shapes, parameters))).dataSync()[0]!);
}

function tensorsOf(tf: Tf, shapes: WeightShapes, parameters: Parameters): TfCore.Tensor2D[] {
  return Object.entries(shapes).map(([name, shape]) => tf.tensor2d(parameters[name]!, [...shape]));
}

function named(names: readonly string[], tensors: readonly TfCore.Tensor[]): Tensors {
  return Object.fromEntries(names.map((name, i) => [name, tensors[i] as TfCore.Tensor2D]));
}
