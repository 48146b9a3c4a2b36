import type { Feature } from "./feature.ts";
import { softLogRatio } from "./kernels/ratios.ts";
import { Ring } from "./kernels/ring.ts";
import { WilderAtr } from "./kernels/true-range.ts";
import { own, WILDER_14_SETTLED } from "./own.ts";

/** Wilder's average true range in price units (New Concepts, 1978); equals TA-Lib's ATR. */
export function wilderAtr({ period = 14 }: { readonly period?: number } = {}): Feature {
  return {
    id: "wilder-atr",
    version: 1,
    params: { period },
    inputs: own("high", "low", "close"),
    outputs: [`atr${period}`],
    warmUp: { first: period, settled: Math.ceil((WILDER_14_SETTLED * period) / 14) },
    start() {
      const atr = new WilderAtr(period);
      return {
        step(inputs, out, at) {
          out[at] = atr.push(inputs[0]!, inputs[1]!, inputs[2]!);
        },
      };
    },
  };
}

/**
 * Log ratio of Wilder ATR14 to the mean true range of the last `long` bars (of all there are, while they are
 * fewer), floored at ln(0.01): is the market livelier than it has been? 0 where nothing moved.
 */
export function atrLevel({ long = 96 }: { readonly long?: number } = {}): Feature {
  return {
    id: "atr-level",
    version: 1,
    params: { atr: 14, long },
    inputs: own("high", "low", "close"),
    outputs: ["atrLevel"],
    warmUp: { first: 14, settled: Math.max(long, WILDER_14_SETTLED) },
    start() {
      const atr = new WilderAtr(14);
      const ranges = new Ring(long);
      return {
        step(inputs, out, at) {
          const value = atr.push(inputs[0]!, inputs[1]!, inputs[2]!);
          if (!Number.isNaN(atr.trueRange)) ranges.push(atr.trueRange);
          out[at] = softLogRatio(value, ranges.mean());
        },
      };
    },
  };
}
