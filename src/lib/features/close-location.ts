import type { Feature } from "./feature.ts";
import { own } from "./own.ts";

/** Where the close lies in its bar: −1 at the low, 1 at the high, 0 in a bar without range. Needs no open. */
export const closeLocation: Feature = {
  id: "close-location",
  version: 1,
  params: {},
  inputs: own("high", "low", "close"),
  outputs: ["closeLocation"],
  warmUp: { first: 0, settled: 0 },
  start() {
    return {
      step(inputs, out, at) {
        const [high, low, close] = [inputs[0]!, inputs[1]!, inputs[2]!];
        out[at] = high > low ? (close - low - (high - close)) / (high - low) : 0;
      },
    };
  },
};
