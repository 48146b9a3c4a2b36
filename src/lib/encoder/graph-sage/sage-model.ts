import type { GraphDesign } from "../../graph/graph-design.ts";
import type { Rng } from "../../math/rng.ts";
import type { Scaler } from "../scaler.ts";
import type { ReadoutKind } from "./readout.ts";

// F features, H hidden, D embedding size, L layers, T timeframes, R readout kinds

/** Sizes of a GraphSAGE encoder; with the design they fix the shape of every weight. */
export interface SageShape {
  readonly features: number; // F
  readonly hidden: number; // H, a multiple of 4
  readonly layers: number; // L
  readonly dim: number; // D, a multiple of 4
  readonly timeframes: number; // T
  readonly readout: readonly ReadoutKind[]; // R
}

/** Named weights, row-major: what safetensors stores and TensorFlow.js trains. */
export type SageWeights = Readonly<Record<string, Float32Array>>;

/** Everything that inference needs, as plain data. */
export interface SageModel {
  readonly shape: SageShape;
  readonly design: GraphDesign;
  readonly scaler: Scaler;
  /** Bars before a row of features is defined, and until it has settled: from the feature set. */
  readonly warmUp: { readonly first: number; readonly settled: number };
  readonly weights: SageWeights;
}

/** Inputs of layer `layer`: features first, then hidden units. */
export function layerInputs(shape: SageShape, layer: number): number {
  return layer === 0 ? shape.features : shape.hidden;
}

/**
 * Names and shapes of the message-passing weights, which reconstruction trains:
 * h' = relu(h · self + mean(neighbours' h) · neighbours + bias[timeframe])
 * (Hamilton, Ying & Leskovec 2017, GraphSAGE, algorithm 1 with the mean aggregator; a bias per timeframe is a
 * one-hot timeframe appended to the input).
 */
export function layerShapes(shape: SageShape): Readonly<Record<string, readonly [number, number]>> {
  const shapes: Record<string, readonly [number, number]> = {};
  for (let layer = 0; layer < shape.layers; layer++) {
    const inputs = layerInputs(shape, layer);
    shapes[`layer${layer}.self`] = [inputs, shape.hidden];
    shapes[`layer${layer}.neighbours`] = [inputs, shape.hidden];
    shapes[`layer${layer}.bias`] = [shape.timeframes, shape.hidden];
  }
  return shapes;
}

/** Names and shapes of all weights; the projection takes the readouts of all timeframes, fine to coarse. */
export function weightShapes(shape: SageShape): Readonly<Record<string, readonly [number, number]>> {
  return {
    ...layerShapes(shape),
    "projection.weight": [shape.timeframes * shape.readout.length * shape.hidden, shape.dim],
    "projection.bias": [1, shape.dim],
  };
}

/** He initialisation (He et al. 2015), halved in variance because two matrices add up; biases start at zero. */
export function initialLayers(shape: SageShape, rng: Rng): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(layerShapes(shape)).map(([name, [rows, columns]]) => [
      name,
      name.endsWith("bias")
        ? new Float32Array(rows * columns)
        : gaussian(rows, columns, Math.sqrt(1 / rows), rng),
    ]),
  );
}

/** [rows, columns] normal numbers of standard deviation `sd`. */
export function gaussian(rows: number, columns: number, sd: number, rng: Rng): Float32Array {
  return Float32Array.from({ length: rows * columns }, () => sd * rng.normal());
}
