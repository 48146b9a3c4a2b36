import type { Feature } from "./feature.ts";
import { softLogRatio } from "./kernels/ratios.ts";
import { Ring } from "./kernels/ring.ts";
import { own } from "./own.ts";

const SQUARE_FLOOR = 1e-4;

/** Square root of the mean squared log return of the last `span` bars, one output per span. */
export function realisedVolatility({
  spans = [6, 24, 96],
}: { readonly spans?: readonly number[] } = {}): Feature {
  const longest = Math.max(...spans);
  return {
    id: "realised-volatility",
    version: 1,
    params: { spans: spans.join() },
    inputs: own("close"),
    outputs: spans.map((span) => `realisedVolatility${span}`),
    warmUp: { first: longest, settled: longest },
    start() {
      const squares = squaredReturns(longest);
      return {
        step(inputs, out, at) {
          const ring = squares(inputs[0]!);
          for (let i = 0; i < spans.length; i++)
            out[at + i] = ring.full ? Math.sqrt(ring.meanOfLast(spans[i]!)) : NaN;
        },
      };
    },
  };
}

/**
 * Log ratio of the realised volatility of each span to that of the next longer one, floored at ln(0.01): rising
 * or falling volatility, whatever its level. Defined from the second longest span on; until the longest is full,
 * all bars there are stand for it. 0 where nothing moved.
 */
export function volatilityRatios({
  spans = [6, 24, 96],
}: { readonly spans?: readonly number[] } = {}): Feature {
  const longest = spans[spans.length - 1]!;
  const first = spans[spans.length - 2]!;
  return {
    id: "volatility-ratios",
    version: 1,
    params: { spans: spans.join() },
    inputs: own("close"),
    outputs: spans.slice(1).map((longer, i) => `volatility${spans[i]!}to${longer}`),
    warmUp: { first, settled: longest },
    start() {
      const squares = squaredReturns(longest);
      return {
        step(inputs, out, at) {
          const ring = squares(inputs[0]!);
          const ready = ring.count >= first;
          let shorter = ready ? ring.meanOfLast(spans[0]!) : NaN;
          for (let i = 1; i < spans.length; i++) {
            const longer = ready ? ring.meanOfLast(spans[i]!) : NaN;
            out[at + i - 1] = softLogRatio(shorter, longer, SQUARE_FLOOR) / 2; // of roots, so half
            shorter = longer;
          }
        },
      };
    },
  };
}

function squaredReturns(size: number): (close: number) => Ring {
  const ring = new Ring(size);
  let previous = NaN;
  return (close) => {
    const logReturn = Math.log(close / previous);
    previous = close;
    if (!Number.isNaN(logReturn)) ring.push(logReturn * logReturn);
    return ring;
  };
}
