import { percentOf } from "./ratios.ts";
import { Ring } from "./ring.ts";
import { WilderMean } from "./wilder-mean.ts";

/**
 * Relative Volatility Index, 0..100 (Dorsey, Technical Analysis of Stocks & Commodities 11:06, June 1993, 253-256;
 * not the 1995 revision): the population standard deviation of the last `deviation` closes counts as up where the
 * close rose and as down where it fell; both Wilder-smoothed over `smoothing`; 100 · U / (U + D).
 */
export class RelativeVolatility {
  private readonly closes: Ring;
  private readonly up: WilderMean;
  private readonly down: WilderMean;

  constructor(deviation = 10, smoothing = 14) {
    this.closes = new Ring(deviation);
    this.up = new WilderMean(smoothing);
    this.down = new WilderMean(smoothing);
  }

  /** NaN for the first deviation + smoothing − 2 bars. */
  push(close: number): number {
    const previous = this.closes.at(0);
    this.closes.push(close);
    if (!this.closes.full) return NaN;
    const deviation = this.closes.standardDeviation();
    const up = this.up.push(close > previous ? deviation : 0);
    const down = this.down.push(close < previous ? deviation : 0);
    return Number.isNaN(up) ? NaN : percentOf(up, down);
  }
}
