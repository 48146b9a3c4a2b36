import type { Feature } from "./feature.ts";
import { perAtr } from "./kernels/ratios.ts";
import { Ring } from "./kernels/ring.ts";
import { WilderAtr } from "./kernels/true-range.ts";
import { own, WILDER_14_SETTLED } from "./own.ts";

export interface RegimeOptions {
  /** Bars among which the newest volatility is ranked. */
  readonly memory?: number;
  /** Bars over which direction is measured. */
  readonly period?: number;
  /** A move of more than this many ATR14 · √period counts as strong; a random walk does half the time. */
  readonly strong?: number;
}

/** Fewest volatilities among which a rank means something. */
const FEWEST = 20;

/**
 * Sixteen states, all from the past alone. Volatility 0..3: the quarter in which ATR14 / C ranks among its own
 * last `memory` values (from 20 on; ties count half, so a still market is in 2). Direction 0..3: C − C[period
 * bars ago] in units of ATR14 · √period is below −strong, below 0, at most strong, above it. regime = 4 · volatility
 * + direction.
 */
export function regime({ memory = 500, period = 20, strong = 0.4 }: RegimeOptions = {}): Feature {
  return {
    id: "regime",
    version: 1,
    params: { memory, period, strong, atr: 14 },
    inputs: own("high", "low", "close"),
    outputs: ["regimeVolatility", "regimeDirection", "regime"],
    warmUp: { first: Math.max(period, 14 + FEWEST - 1), settled: memory + WILDER_14_SETTLED },
    start() {
      const atr = new WilderAtr(14);
      const levels = new Ring(memory);
      const closes = new Ring(period);
      return {
        step(inputs, out, at) {
          const close = inputs[2]!;
          const unit = atr.push(inputs[0]!, inputs[1]!, close);
          const before = closes.at(period - 1);
          closes.push(close);
          out[at] = out[at + 1] = out[at + 2] = NaN;
          if (Number.isNaN(unit)) return;
          levels.push(unit / close);
          if (levels.count < FEWEST || Number.isNaN(before)) return;
          const volatility = Math.min(3, Math.floor(4 * levels.rank(unit / close)));
          const direction = directionState(perAtr(close - before, unit * Math.sqrt(period), close), strong);
          out[at] = volatility;
          out[at + 1] = direction;
          out[at + 2] = 4 * volatility + direction;
        },
      };
    },
  };
}

function directionState(move: number, strong: number): number {
  if (move < 0) return move < -strong ? 0 : 1;
  return move <= strong ? 2 : 3;
}
