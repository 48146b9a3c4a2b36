import type { ReadoutKind } from "../encoder/graph-sage/readout.ts";
import type { SageEncoder } from "../encoder/graph-sage/sage-encoder.ts";
import { drawnEncoder } from "../evaluation/look-ahead/subjects/drawn-encoder.ts";
import { defaultDesign, type DesignOptions } from "../graph/design.ts";

export interface RandomSage {
  readonly seed: number;
  readonly timeframes: readonly string[];
  readonly features?: number;
  readonly hidden?: number;
  readonly layers?: number;
  readonly dim?: number;
  readonly readout?: readonly ReadoutKind[];
  readonly first?: number;
  readonly design?: DesignOptions;
}

/** A GraphSAGE encoder with random weights, biases included, for feature tables named x0, x1, …. */
export function randomSage(options: RandomSage): SageEncoder {
  const { timeframes, features = 3, design, ...rest } = options;
  const names = Array.from({ length: features }, (_, f) => `x${f}`);
  return drawnEncoder({
    ...{ hidden: 8, dim: 8, readout: ["mean"], ...rest },
    features: { set: "test", hash: "test", names },
    design: defaultDesign(timeframes, design),
  });
}
