/**
 * Wilder's smoothing (New Concepts in Technical Trading Systems, 1978): the mean of the first `period` values,
 * then ((period − 1) · previous + value) / period. NaN until the first `period` values are in.
 */
export class WilderMean {
  value: number = NaN;
  private readonly period: number;
  private count = 0;
  private sum = 0;

  constructor(period: number) {
    this.period = period;
  }

  push(value: number): number {
    if (this.count < this.period) {
      this.sum += value;
      if (++this.count === this.period) this.value = this.sum / this.period;
    } else {
      this.value = (this.value * (this.period - 1) + value) / this.period;
    }
    return this.value;
  }
}
