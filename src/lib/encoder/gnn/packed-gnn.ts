import { packDense, type Dense } from "./dense.ts";
import type { GnnModel } from "./gnn-model.ts";
import { kernelOf } from "./kernels/kernel-of.ts";
import type { LayerKernel } from "./kernels/layer-kernel.ts";

/** The weights of a model in the order in which the kernels read them. */
export interface PackedGnn {
  readonly model: GnnModel;
  readonly kernels: readonly LayerKernel[]; // L
  /** Per timeframe, [R · H, D]: the projection is linear in the concatenation of the readouts. */
  readonly projections: readonly Dense[]; // T
  readonly projectionBias: Float64Array; // [D]
}

/** Packs once; a projection that is not there yet (during fitting) stays empty. */
export function packGnn(model: GnnModel): PackedGnn {
  const { shape, weights } = model;
  const kernels = Array.from({ length: shape.layers }, (_, layer) => kernelOf(model, layer));
  const projection = weights["projection.weight"];
  const width = shape.readout.length * shape.hidden;
  const projections = projection
    ? Array.from({ length: shape.timeframes }, (_, t) =>
        packDense(projection.subarray(t * width * shape.dim, (t + 1) * width * shape.dim), width, shape.dim),
      )
    : [];
  return { model, kernels, projections, projectionBias: Float64Array.from(weights["projection.bias"] ?? []) };
}
