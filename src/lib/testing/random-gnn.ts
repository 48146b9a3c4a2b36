import type { LayerKind } from "../encoder/gnn/gnn-model.ts";
import type { ReadoutKind } from "../encoder/gnn/readout.ts";
import type { GnnEncoder } from "../encoder/gnn/gnn-encoder.ts";
import { drawnEncoder } from "../evaluation/look-ahead/subjects/drawn-encoder.ts";
import { defaultDesign, type DesignOptions } from "../graph/design.ts";

export interface RandomGnn {
  readonly seed: number;
  readonly layer?: LayerKind; // sage
  readonly heads?: number; // 2
  readonly timeframes: readonly string[];
  readonly features?: number;
  readonly hidden?: number;
  readonly layers?: number;
  readonly dim?: number;
  readonly readout?: readonly ReadoutKind[];
  readonly first?: number;
  readonly design?: DesignOptions;
}

/** An encoder with random weights, biases included, for feature tables named x0, x1, …. */
export function randomGnn(options: RandomGnn): GnnEncoder {
  const { timeframes, features = 3, design, ...rest } = options;
  const names = Array.from({ length: features }, (_, f) => `x${f}`);
  return drawnEncoder({
    ...{ hidden: 8, dim: 8, readout: ["mean"], ...rest },
    features: { set: "test", hash: "test", names },
    design: defaultDesign(timeframes, design),
  });
}
