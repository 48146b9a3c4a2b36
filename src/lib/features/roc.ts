import type { Feature } from "./feature.ts";
import { perAtr } from "./kernels/ratios.ts";
import { Ring } from "./kernels/ring.ts";
import { WilderAtr } from "./kernels/true-range.ts";
import { own, WILDER_14_SETTLED } from "./own.ts";

export interface RocOptions {
  readonly period?: number;
}

/** Rate of change in percent, 100 (C / C[n bars ago] − 1); equals TA-Lib's ROC. */
export function roc({ period = 10 }: RocOptions = {}): Feature {
  return {
    id: "roc",
    version: 1,
    params: { period },
    inputs: own("close"),
    outputs: [`roc${period}`],
    warmUp: { first: period, settled: period },
    start() {
      const closes = new Ring(period);
      return {
        step(inputs, out, at) {
          out[at] = 100 * (inputs[0]! / closes.at(period - 1) - 1);
          closes.push(inputs[0]!);
        },
      };
    },
  };
}

/** C − C[n bars ago] in units of Wilder ATR14 · √n, which is what a random walk would move. 0 where nothing moved. */
export function scaledRoc({ period = 10 }: RocOptions = {}): Feature {
  return {
    id: "scaled-roc",
    version: 1,
    params: { period, atr: 14 },
    inputs: own("high", "low", "close"),
    outputs: [`scaledRoc${period}`],
    warmUp: { first: Math.max(period, 14), settled: Math.max(period, WILDER_14_SETTLED) },
    start() {
      const closes = new Ring(period);
      const atr = new WilderAtr(14);
      return {
        step(inputs, out, at) {
          const close = inputs[2]!;
          const unit = atr.push(inputs[0]!, inputs[1]!, close) * Math.sqrt(period);
          const before = closes.at(period - 1);
          out[at] = Number.isNaN(before) ? NaN : perAtr(close - before, unit, close);
          closes.push(close);
        },
      };
    },
  };
}
