import type { Feature } from "./feature.ts";
import { RelativeVolatility } from "./kernels/relative-volatility.ts";
import { own, WILDER_14_SETTLED } from "./own.ts";

export interface DorseyRviOptions {
  /** Closes in the standard deviation. */
  readonly deviation?: number;
  readonly smoothing?: number;
  /** `percent`: 0..100; `centred`: −1..1. */
  readonly unit?: "percent" | "centred";
}

/** Relative Volatility Index, Dorsey 1993 (see kernels/relative-volatility.ts). 50 where nothing moved. */
export function dorseyRvi({
  deviation = 10,
  smoothing = 14,
  unit = "percent",
}: DorseyRviOptions = {}): Feature {
  return {
    id: "dorsey-rvi",
    version: 1,
    params: { deviation, smoothing, unit },
    inputs: own("close"),
    outputs: ["rvi"],
    warmUp: {
      first: deviation + smoothing - 2,
      settled: deviation + Math.ceil((WILDER_14_SETTLED * smoothing) / 14),
    },
    start() {
      const index = new RelativeVolatility(deviation, smoothing);
      return {
        step(inputs, out, at) {
          const value = index.push(inputs[0]!);
          out[at] = unit === "percent" ? value : (value - 50) / 50;
        },
      };
    },
  };
}
