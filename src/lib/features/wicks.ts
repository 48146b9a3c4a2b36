import type { Feature } from "./feature.ts";
import { perAtr } from "./kernels/ratios.ts";
import { WilderAtr } from "./kernels/true-range.ts";
import { own, WILDER_14_SETTLED } from "./own.ts";

/** H − max(O, C) and min(O, C) − L in units of Wilder ATR14; 0..14. */
export const wicks: Feature = {
  id: "wicks",
  version: 1,
  params: { atr: 14 },
  inputs: own("open", "high", "low", "close"),
  outputs: ["upperWick", "lowerWick"],
  warmUp: { first: 14, settled: WILDER_14_SETTLED },
  start() {
    const atr = new WilderAtr(14);
    return {
      step(inputs, out, at) {
        const [open, high, low, close] = [inputs[0]!, inputs[1]!, inputs[2]!, inputs[3]!];
        const unit = atr.push(high, low, close);
        out[at] = perAtr(high - Math.max(open, close), unit, close);
        out[at + 1] = perAtr(Math.min(open, close) - low, unit, close);
      },
    };
  },
};
