import type { Feature } from "./feature.ts";
import { perAtr } from "./kernels/ratios.ts";
import { WilderAtr } from "./kernels/true-range.ts";
import { own, WILDER_14_SETTLED } from "./own.ts";

/** C − O in units of Wilder ATR14; positive where the bar rose, −14..14. */
export const body: Feature = {
  id: "body",
  version: 1,
  params: { atr: 14 },
  inputs: own("open", "high", "low", "close"),
  outputs: ["body"],
  warmUp: { first: 14, settled: WILDER_14_SETTLED },
  start() {
    const atr = new WilderAtr(14);
    return {
      step(inputs, out, at) {
        const close = inputs[3]!;
        out[at] = perAtr(close - inputs[0]!, atr.push(inputs[1]!, inputs[2]!, close), close);
      },
    };
  },
};
