/**
 * Exponential moving average, alpha = 2 / (period + 1), seeded with the simple mean of the first `period` values
 * (TA-Lib's default). NaN until then.
 */
export class Ema {
  value: number = NaN;
  private readonly period: number;
  private readonly alpha: number;
  private count = 0;
  private sum = 0;

  constructor(period: number) {
    this.period = period;
    this.alpha = 2 / (period + 1);
  }

  push(value: number): number {
    if (this.count < this.period) {
      this.sum += value;
      if (++this.count === this.period) this.value = this.sum / this.period;
    } else {
      this.value += this.alpha * (value - this.value);
    }
    return this.value;
  }
}
