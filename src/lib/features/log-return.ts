import type { Feature } from "./feature.ts";
import { perAtr } from "./kernels/ratios.ts";
import { WilderAtr } from "./kernels/true-range.ts";
import { own, WILDER_14_SETTLED } from "./own.ts";

/** ln(C / previous C) in units of Wilder ATR14 / C. */
export const logReturn: Feature = {
  id: "log-return",
  version: 1,
  params: { atr: 14 },
  inputs: own("high", "low", "close"),
  outputs: ["logReturn"],
  warmUp: { first: 14, settled: WILDER_14_SETTLED },
  start() {
    const atr = new WilderAtr(14);
    let previous = NaN;
    return {
      step(inputs, out, at) {
        const close = inputs[2]!;
        const unit = atr.push(inputs[0]!, inputs[1]!, close);
        out[at] = perAtr(Math.log(close / previous) * close, unit, close);
        previous = close;
      },
    };
  },
};
