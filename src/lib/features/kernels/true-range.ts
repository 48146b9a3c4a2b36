import { WilderMean } from "./wilder-mean.ts";

/** max(H, previous C) − min(L, previous C): Wilder 1978. NaN without a previous close. */
export function trueRange(high: number, low: number, previousClose: number): number {
  return Math.max(high, previousClose) - Math.min(low, previousClose);
}

/**
 * Wilder's average true range. True range begins with the second bar, so ATR(n) begins at bar n counted from 0,
 * as in TA-Lib. The previous bar is the previous row, whether or not bars are missing between.
 */
export class WilderAtr {
  /** True range of the newest bar; NaN at the first. */
  trueRange: number = NaN;
  private previousClose = NaN;
  private readonly mean: WilderMean;

  constructor(period = 14) {
    this.mean = new WilderMean(period);
  }

  get value(): number {
    return this.mean.value;
  }

  push(high: number, low: number, close: number): number {
    this.trueRange = trueRange(high, low, this.previousClose);
    this.previousClose = close;
    if (!Number.isNaN(this.trueRange)) this.mean.push(this.trueRange);
    return this.mean.value;
  }
}
