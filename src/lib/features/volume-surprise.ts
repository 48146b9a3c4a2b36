import type { Feature } from "./feature.ts";
import { softLogRatio } from "./kernels/ratios.ts";
import { Ring } from "./kernels/ring.ts";
import { own } from "./own.ts";

export interface VolumeSurpriseOptions {
  /** Bars of the mean that the newest volume, which it contains, is compared with. */
  readonly period?: number;
}

/**
 * ln(volume / mean volume of the last `period` bars), floored at ln(0.01); at most ln(period), because the mean
 * contains the bar. 0 in a market without volume.
 */
export function volumeSurprise({ period = 20 }: VolumeSurpriseOptions = {}): Feature {
  return {
    id: "volume-surprise",
    version: 1,
    params: { period },
    inputs: own("volume"),
    outputs: ["volumeSurprise"],
    warmUp: { first: period - 1, settled: period - 1 },
    start() {
      const volumes = new Ring(period);
      return {
        step(inputs, out, at) {
          volumes.push(inputs[0]!);
          out[at] = volumes.full ? softLogRatio(inputs[0]!, volumes.mean()) : NaN;
        },
      };
    },
  };
}
