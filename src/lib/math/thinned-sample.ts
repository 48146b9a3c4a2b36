import { isKept } from "./even-thinning.ts";
import { quantileSorted } from "./quantiles.ts";

/**
 * Numbers that only become more, evenly thinned (even-thinning.ts): of n added one in s, s the smallest power of two
 * with n ≤ s · most. What it holds depends only on what was added and on its order.
 */
export class ThinnedSample {
  readonly most: number;
  /** How many were added. */
  added = 0;
  #stride = 1;
  #count = 0;
  readonly #kept: Float64Array; // as they came
  readonly #numbers: Float64Array; // which of those added they were
  #sorted: Float64Array | null = null;

  constructor(most: number) {
    this.most = most;
    this.#kept = new Float64Array(most + 1);
    this.#numbers = new Float64Array(most + 1);
  }

  /** How many are held. */
  get size(): number {
    return this.#count;
  }

  add(value: number): void {
    const number = this.added++;
    if (this.added > this.#stride * this.most) this.#thin();
    if (!isKept(number, this.#stride)) return;
    this.#numbers[this.#count] = number;
    this.#kept[this.#count++] = value;
    this.#sorted = null;
  }

  #thin(): void {
    this.#stride *= 2;
    let count = 0;
    for (let i = 0; i < this.#count; i++) {
      if (!isKept(this.#numbers[i]!, this.#stride)) continue;
      this.#numbers[count] = this.#numbers[i]!;
      this.#kept[count++] = this.#kept[i]!;
    }
    this.#count = count;
    this.#sorted = null;
  }

  /** Quantile at `level`, as quantileSorted; NaN while empty. */
  quantile(level: number): number {
    this.#sorted ??= this.#kept.slice(0, this.#count).sort();
    return quantileSorted(this.#sorted, level);
  }
}
