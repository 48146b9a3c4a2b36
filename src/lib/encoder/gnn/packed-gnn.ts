import { packDense, type Dense } from "./dense.ts";
import { layerInputs, type GnnModel } from "./gnn-model.ts";

/** One layer, ready for the kernel: self and neighbour weights stacked, [2 · inputs, H]. */
export interface PackedLayer {
  readonly inputs: number;
  readonly dense: Dense;
  readonly bias: Float64Array; // [T, H]
}

/** The weights of a model in the order in which the kernel reads them. */
export interface PackedGnn {
  readonly model: GnnModel;
  readonly layers: readonly PackedLayer[]; // L
  /** Per timeframe, [R · H, D]: the projection is linear in the concatenation of the readouts. */
  readonly projections: readonly Dense[]; // T
  readonly projectionBias: Float64Array; // [D]
}

/** Packs once; a projection that is not there yet (during fitting) stays empty. */
export function packGnn(model: GnnModel): PackedGnn {
  const { shape, weights } = model;
  const layers = Array.from({ length: shape.layers }, (_, layer): PackedLayer => {
    const inputs = layerInputs(shape, layer);
    const stacked = new Float32Array(2 * inputs * shape.hidden);
    stacked.set(weights[`layer${layer}.self`]!);
    stacked.set(weights[`layer${layer}.neighbours`]!, inputs * shape.hidden);
    return {
      inputs,
      dense: packDense(stacked, 2 * inputs, shape.hidden),
      bias: Float64Array.from(weights[`layer${layer}.bias`]!),
    };
  });
  const projection = weights["projection.weight"];
  const width = shape.readout.length * shape.hidden;
  const projections = projection
    ? Array.from({ length: shape.timeframes }, (_, t) =>
        packDense(projection.subarray(t * width * shape.dim, (t + 1) * width * shape.dim), width, shape.dim),
      )
    : [];
  return { model, layers, projections, projectionBias: Float64Array.from(weights["projection.bias"] ?? []) };
}
