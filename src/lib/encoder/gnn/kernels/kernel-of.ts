import type { GnnModel } from "../gnn-model.ts";
import { gatKernel } from "./gat.ts";
import { gatv2Kernel } from "./gatv2.ts";
import { ginKernel } from "./gin.ts";
import type { LayerKernel } from "./layer-kernel.ts";
import { relationalKernel } from "./relational.ts";
import { sageKernel } from "./sage.ts";

/** Layer number `layer` of a model, ready to run. */
export function kernelOf(model: GnnModel, layer: number): LayerKernel {
  switch (model.shape.layer) {
    case "sage":
    case "sage-max":
      return sageKernel(model, layer);
    case "relational":
      return relationalKernel(model, layer);
    case "gin":
    case "gine":
      return ginKernel(model, layer);
    case "gat":
      return gatKernel(model, layer);
    case "gatv2":
      return gatv2Kernel(model, layer);
  }
}
