/**
 * The last `size` values, oldest first. Sums are added up anew, oldest to newest: nothing drifts, and a sum
 * depends on the values in it alone, to the last bit, not on where the history began.
 */
export class Ring {
  readonly size: number;
  count = 0;
  private readonly values: Float64Array;
  private head = 0; // where the next value goes

  constructor(size: number) {
    this.size = size;
    this.values = new Float64Array(size);
  }

  get full(): boolean {
    return this.count === this.size;
  }

  push(value: number): void {
    this.values[this.head] = value;
    this.head = this.head + 1 === this.size ? 0 : this.head + 1;
    if (this.count < this.size) this.count++;
  }

  /** The value pushed `age` pushes ago; 0 is the newest. NaN where there is none. */
  at(age: number): number {
    if (age >= this.count) return NaN;
    const index = this.head - 1 - age;
    return this.values[index < 0 ? index + this.size : index]!;
  }

  /** Mean of all values held; NaN where there is none. */
  mean(): number {
    return this.meanOfLast(this.size);
  }

  /** Mean of the newest `n`, or of all there are where that is fewer; NaN where there is none. */
  meanOfLast(n: number): number {
    const length = Math.min(n, this.count);
    let index = this.head - length;
    if (index < 0) index += this.size;
    let sum = 0;
    for (let left = length; left > 0; left--) {
      sum += this.values[index]!;
      if (++index === this.size) index = 0;
    }
    return length === 0 ? NaN : sum / length;
  }

  /** Population standard deviation (divisor n) of all values held. */
  standardDeviation(): number {
    const mean = this.mean();
    let sum = 0;
    for (let age = this.count - 1; age >= 0; age--) {
      const distance = this.at(age) - mean;
      sum += distance * distance;
    }
    return Math.sqrt(sum / this.count);
  }

  /** Share of the values held that are below `value`, ties counted half (the mid-rank). */
  rank(value: number): number {
    let below = 0;
    for (let i = 0; i < this.count; i++) {
      const other = this.values[i]!;
      below += other < value ? 1 : other === value ? 0.5 : 0;
    }
    return below / this.count;
  }
}
