import type { Feature } from "./feature.ts";
import { percentOf } from "./kernels/ratios.ts";
import { WilderMean } from "./kernels/wilder-mean.ts";
import { own, WILDER_14_SETTLED } from "./own.ts";

export interface RsiOptions {
  readonly period?: number;
  /** `percent`: 0..100 as TA-Lib; `centred`: −1..1. */
  readonly unit?: "percent" | "centred";
}

/**
 * Wilder's relative strength index (New Concepts, 1978). Equals TA-Lib's RSI, except where the price has never
 * moved: 50 here, which is neither strong nor weak, 0 there.
 */
export function rsi({ period = 14, unit = "percent" }: RsiOptions = {}): Feature {
  return {
    id: "rsi",
    version: 1,
    params: { period, unit },
    inputs: own("close"),
    outputs: [`rsi${period}`],
    warmUp: { first: period, settled: Math.ceil((WILDER_14_SETTLED * period) / 14) },
    start() {
      const [gains, losses] = [new WilderMean(period), new WilderMean(period)];
      let previous = NaN;
      return {
        step(inputs, out, at) {
          const change = inputs[0]! - previous;
          previous = inputs[0]!;
          out[at] = NaN;
          if (Number.isNaN(change)) return;
          const gain = gains.push(Math.max(change, 0));
          const loss = losses.push(Math.max(-change, 0));
          if (Number.isNaN(gain)) return;
          const value = percentOf(gain, loss);
          out[at] = unit === "percent" ? value : (value - 50) / 50;
        },
      };
    },
  };
}
