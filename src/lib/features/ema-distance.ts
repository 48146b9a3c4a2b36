import type { Feature } from "./feature.ts";
import { Ema } from "./kernels/ema.ts";
import { perAtr } from "./kernels/ratios.ts";
import { WilderAtr } from "./kernels/true-range.ts";
import { own, WILDER_14_SETTLED } from "./own.ts";

/** C − EMA(n) in units of Wilder ATR14; the EMA is seeded with a simple mean, as TA-Lib's. 0 where nothing moved. */
export function emaDistance({ period = 20 }: { readonly period?: number } = {}): Feature {
  return {
    id: "ema-distance",
    version: 1,
    params: { period, atr: 14 },
    inputs: own("high", "low", "close"),
    outputs: [`emaDistance${period}`],
    // ln(1e-6) / ln(1 − 2 / (n + 1)) is about 7 (n + 1)
    warmUp: { first: Math.max(period - 1, 14), settled: Math.max(8 * (period + 1), WILDER_14_SETTLED) },
    start() {
      const atr = new WilderAtr(14);
      const ema = new Ema(period);
      return {
        step(inputs, out, at) {
          const close = inputs[2]!;
          const unit = atr.push(inputs[0]!, inputs[1]!, close);
          const distance = close - ema.push(close);
          out[at] = Number.isNaN(distance) ? NaN : perAtr(distance, unit, close);
        },
      };
    },
  };
}
