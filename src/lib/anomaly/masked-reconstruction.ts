import { solvePositiveDefinite } from "../math/cholesky.ts";
import type { MomentColumns } from "./moment-rows.ts";

// W columns of a moment, P of them predict one hidden candle

/** Moments before the first fit, where nobody says otherwise. */
const FIRST_FIT = 500;
/** It is fitted anew whenever the past has grown by a twentieth. */
const GROWTH = 1.05;
/** Ridge on every column: features are near unit scale, so it weighs as much as one moment. */
const RIDGE = 1;
/** A column that the rest tells to this share of its own variance says nothing of its own. */
const LEAST_SHARE = 1e-9;

/** How one moment differs from what the rest of it would have led to expect. */
export interface Residual {
  /** Mean over hidden features of (value − expected)² / its mean over the past; about 1. NaN: cannot be said. */
  readonly score: number;
  /** Column in which it differs most, and by how many standard deviations of the past; −1 and NaN where unsaid. */
  readonly column: number;
  readonly deviation: number;
}

const UNSAID: Residual = { score: NaN, column: -1, deviation: NaN };

/** One hidden feature: expected = weights · the columns that predict it. */
interface Expectation {
  readonly column: number;
  readonly weights: Float64Array; // [P + 1], the last is the intercept
  readonly deviation: number;
}

interface HiddenCandle {
  readonly predictors: Int32Array; // [P]
  readonly expectations: readonly Expectation[];
}

/**
 * Masked reconstruction by ridge regression: the newest candle of each timeframe in turn is hidden and expected from
 * the newest candles of the other timeframes and the candles before. It learns from moments in the order in which they
 * come, and says of each only what those before it taught. (The decoder that trained the encoder's layers is no part
 * of an artefact; this one is fitted on the past of the very question, so it needs none.)
 */
export class MaskedReconstruction {
  readonly #columns: MomentColumns;
  readonly #firstFit: number;
  readonly #gram: Float64Array; // [W + 1, W + 1] lower triangle of sums of products, the last column is 1
  readonly #row: Float64Array; // [W + 1]
  #seen = 0;
  #fitted = 0;
  #candles: readonly HiddenCandle[] = [];

  /** @param firstFit moments before it speaks */
  constructor(columns: MomentColumns, firstFit: number = FIRST_FIT) {
    this.#columns = columns;
    this.#firstFit = firstFit;
    const size = columns.width + 1;
    this.#gram = new Float64Array(size * size);
    this.#row = new Float64Array(size).fill(1);
  }

  /** What the past says of a moment, which then belongs to the past. */
  next(moment: Float64Array): Residual {
    if (this.#seen >= Math.max(this.#firstFit, this.#fitted * GROWTH)) this.#fit();
    const row = this.#row;
    for (let c = 0; c < moment.length; c++) row[c] = Number.isNaN(moment[c]!) ? 0 : moment[c]!;
    const residual = this.#residual(moment);
    this.#add();
    return residual;
  }

  #residual(moment: Float64Array): Residual {
    let [sum, count, column, deviation] = [0, 0, -1, 0];
    for (const { predictors, expectations } of this.#candles)
      for (const expected of expectations) {
        if (Number.isNaN(moment[expected.column]!)) continue;
        let value = expected.weights[predictors.length]!;
        for (let p = 0; p < predictors.length; p++)
          value += expected.weights[p]! * this.#row[predictors[p]!]!;
        const off = (this.#row[expected.column]! - value) / expected.deviation;
        sum += off * off;
        count++;
        if (Math.abs(off) > Math.abs(deviation)) [column, deviation] = [expected.column, off];
      }
    return count === 0 ? UNSAID : { score: sum / count, column, deviation };
  }

  #add(): void {
    const [row, gram] = [this.#row, this.#gram];
    for (let i = 0, at = 0; i < row.length; i++, at = i * row.length) {
      const value = row[i]!;
      if (value !== 0) for (let j = 0; j <= i; j++) gram[at + j]! += value * row[j]!;
    }
    this.#seen++;
  }

  #fit(): void {
    this.#fitted = this.#seen;
    this.#candles = this.#columns.timeframes.map((_, t) => this.#fitCandle(t));
  }

  #fitCandle(t: number): HiddenCandle {
    const { features, hidden, width } = this.#columns;
    const targets = hidden.map((f) => t * features.length + f);
    const own = new Set(targets);
    const predictors = Int32Array.from({ length: width }, (_, c) => c).filter((c) => !own.has(c));
    const system = this.#systemOf(predictors);
    const expectations = targets.flatMap((column) => this.#expect(column, predictors, system) ?? []);
    return { predictors, expectations };
  }

  /** Sums of products of predictors and the constant, row-major; only the lower triangle is filled. [P + 1, P + 1] */
  #systemOf(predictors: Int32Array): Float64Array {
    const size = predictors.length + 1;
    const system = new Float64Array(size * size);
    const at = (p: number): number => predictors[p] ?? this.#columns.width;
    for (let i = 0; i < size; i++)
      for (let j = 0; j <= i; j++) system[i * size + j] = this.#product(at(i), at(j));
    for (let i = 0; i < size - 1; i++) system[i * size + i]! += RIDGE;
    return system;
  }

  #expect(column: number, predictors: Int32Array, system: Float64Array): Expectation | null {
    const size = predictors.length + 1;
    const moments = Float64Array.from({ length: size }, (_, p) =>
      this.#product(column, predictors[p] ?? this.#columns.width),
    );
    const weights = moments.slice();
    const total = this.#product(column, column);
    if (!(total > 0) || !solvePositiveDefinite(system.slice(), weights)) return null;
    // Of ridge weights w = (A + λ)⁻¹ b the squared error is total − b·w − λ|w|², the intercept being free.
    let left = total;
    for (let p = 0; p < size; p++) left -= weights[p]! * moments[p]!;
    for (let p = 0; p < size - 1; p++) left -= RIDGE * weights[p]! ** 2;
    if (!(left > LEAST_SHARE * total)) return null;
    return { column, weights, deviation: Math.sqrt(left / this.#fitted) };
  }

  #product(a: number, b: number): number {
    const size = this.#columns.width + 1;
    return this.#gram[Math.max(a, b) * size + Math.min(a, b)]!;
  }
}
