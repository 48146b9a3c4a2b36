import type { Feature } from "./feature.ts";
import { perAtr } from "./kernels/ratios.ts";
import { WilderAtr } from "./kernels/true-range.ts";
import { own, WILDER_14_SETTLED } from "./own.ts";

/** H − L in units of Wilder ATR14; 0..14. */
export const range: Feature = {
  id: "range",
  version: 1,
  params: { atr: 14 },
  inputs: own("high", "low", "close"),
  outputs: ["range"],
  warmUp: { first: 14, settled: WILDER_14_SETTLED },
  start() {
    const atr = new WilderAtr(14);
    return {
      step(inputs, out, at) {
        const [high, low, close] = [inputs[0]!, inputs[1]!, inputs[2]!];
        out[at] = perAtr(high - low, atr.push(high, low, close), close);
      },
    };
  },
};
