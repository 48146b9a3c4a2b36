import type { GnnModel } from "./gnn-model.ts";
import { Readout } from "./readout.ts";

/** The empty readout of timeframe number `timeframe` of a model, with room for `capacity` rows. */
export function readoutFor(
  { shape, design, weights }: GnnModel,
  timeframe: number,
  capacity?: number,
): Readout {
  const { hidden: H, readout } = shape;
  const window = design.windows[design.timeframes[timeframe]!]!;
  if (!readout.includes("attention")) return new Readout(readout, window, H, capacity);
  return new Readout(readout, window, H, capacity, {
    weights: Float64Array.from(weights["readout.attention"]!.subarray(timeframe * H, (timeframe + 1) * H)),
    bias: weights["readout.attentionBias"]![timeframe]!,
  });
}
