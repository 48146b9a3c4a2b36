import { exp, tanh } from "../../math/exp.ts";

/**
 * What a window of one timeframe's nodes says, as one vector: `mean` over the design's window, `last` node, `decay`, an
 * exponential mean of everything so far with span half the window (α = 2 / (window / 2 + 1)), and `attention`, a mean over
 * the window weighted by what each node says of itself: softmax of 8 tanh((w · h + b) / 8), bounded so that prefix sums
 * of it lose nothing.
 */
export const READOUT_KINDS = ["mean", "last", "decay", "attention"] as const;
export type ReadoutKind = (typeof READOUT_KINDS)[number];

/** Windows behind the newest row on which each kind depends; `decay` forgets all but 1e-6 in about 3.5. */
export const READOUT_WINDOWS: Readonly<Record<ReadoutKind, number>> = {
  last: 0,
  mean: 1,
  decay: 4,
  attention: 1,
};

/** What scores a node for the readout `attention`. */
export interface ReadoutAttention {
  readonly weights: Float64Array; // [H]
  readonly bias: number;
}

/** Scores lie within ± this. */
const BOUND = 8;

/**
 * Readouts of one timeframe after any number of its rows. Prefix sums in double precision, started at the first
 * row and extended row by row, so that live and batch agree to the last bit. H hidden, K kinds.
 */
export class Readout {
  readonly #kinds: readonly ReadoutKind[];
  readonly #window: number;
  readonly #hidden: number;
  readonly #alpha: number;
  #rows = 0;
  #first = 0; // of the kept entries below: what was read out after so many rows
  #last: Float64Array; // [rows + 1, H]
  #sums: Float64Array; // [rows + 1, H] prefix sums
  #decayed: Float64Array; // [rows + 1, H]
  #decayedWeight: Float64Array; // [rows + 1]

  readonly #attention: ReadoutAttention | undefined;
  #attended: Float64Array; // [rows + 1, H] prefix sums
  #attendedWeight: Float64Array; // [rows + 1]

  constructor(
    kinds: readonly ReadoutKind[],
    window: number,
    hidden: number,
    capacity = 64,
    attention?: ReadoutAttention,
  ) {
    this.#attention = attention;
    this.#kinds = kinds;
    this.#window = window;
    this.#hidden = hidden;
    this.#alpha = 2 / (window / 2 + 1);
    const size = (kind: ReadoutKind, width: number): number =>
      kinds.includes(kind) ? (capacity + 1) * width : 0;
    this.#last = new Float64Array(size("last", hidden));
    this.#sums = new Float64Array(size("mean", hidden));
    this.#decayed = new Float64Array(size("decay", hidden));
    this.#decayedWeight = new Float64Array(size("decay", 1));
    this.#attended = new Float64Array(size("attention", hidden));
    this.#attendedWeight = new Float64Array(size("attention", 1));
  }

  /** Length of what `write` writes: K · H. */
  get width(): number {
    return this.#kinds.length * this.#hidden;
  }

  /** Takes the next row of the timeframe: node `node` of the top layer. */
  append(top: Float32Array, node: number): void {
    const H = this.#hidden;
    const entry = this.#rows - this.#first;
    this.#reserve(entry + 2);
    const before = entry * H;
    const after = before + H;
    const from = node * H;
    for (const kind of this.#kinds) {
      if (kind === "last") for (let j = 0; j < H; j++) this.#last[after + j] = top[from + j]!;
      else if (kind === "mean")
        for (let j = 0; j < H; j++) this.#sums[after + j] = this.#sums[before + j]! + top[from + j]!;
      else if (kind === "attention") this.#attend(top, from, entry);
      else {
        const keep = 1 - this.#alpha;
        for (let j = 0; j < H; j++)
          this.#decayed[after + j] = keep * this.#decayed[before + j]! + top[from + j]!;
        this.#decayedWeight[entry + 1] = keep * this.#decayedWeight[entry]! + 1;
      }
    }
    this.#rows++;
  }

  #attend(top: Float32Array, from: number, entry: number): void {
    const H = this.#hidden;
    const before = entry * H;
    const { weights, bias } = this.#attention!;
    let score = bias;
    for (let j = 0; j < H; j++) score += weights[j]! * top[from + j]!;
    const weight = exp(BOUND * tanh(score / BOUND));
    for (let j = 0; j < H; j++)
      this.#attended[before + H + j] = this.#attended[before + j]! + weight * top[from + j]!;
    this.#attendedWeight[entry + 1] = this.#attendedWeight[entry]! + weight;
  }

  /** The readouts after the first `rows` rows (at least 1), at `out[at]…`. */
  write(rows: number, out: Float64Array, at: number): void {
    const H = this.#hidden;
    let o = at;
    for (const kind of this.#kinds) {
      const end = (rows - this.#first) * H;
      if (kind === "last") for (let j = 0; j < H; j++) out[o++] = this.#last[end + j]!;
      else if (kind === "mean") {
        const count = Math.min(this.#window, rows);
        const begin = (rows - count - this.#first) * H;
        for (let j = 0; j < H; j++) out[o++] = (this.#sums[end + j]! - this.#sums[begin + j]!) / count;
      } else if (kind === "attention") {
        const first = Math.max(0, rows - this.#window) - this.#first;
        const weight = this.#attendedWeight[rows - this.#first]! - this.#attendedWeight[first]!;
        const begin = first * H;
        for (let j = 0; j < H; j++)
          out[o++] = (this.#attended[end + j]! - this.#attended[begin + j]!) / weight;
      } else {
        const weight = this.#decayedWeight[rows - this.#first]!;
        for (let j = 0; j < H; j++) out[o++] = this.#decayed[end + j]! / weight;
      }
    }
  }

  /** What was read out after fewer than `rows` rows is not asked for again: sums before their window are let go. */
  letGo(rows: number): void {
    const first = Math.max(this.#first, rows - this.#window);
    const [from, end] = [first - this.#first, this.#rows - this.#first + 1];
    for (const entries of [this.#last, this.#sums, this.#decayed, this.#attended])
      entries.copyWithin(0, from * this.#hidden, end * this.#hidden);
    for (const weights of [this.#decayedWeight, this.#attendedWeight]) weights.copyWithin(0, from, end);
    this.#first = first;
  }

  #reserve(rows: number): void {
    const H = this.#hidden;
    const grow = (old: Float64Array, width: number): Float64Array => {
      if (old.length === 0 || old.length >= rows * width) return old;
      const next = new Float64Array(Math.max(rows * width, old.length * 2));
      next.set(old);
      return next;
    };
    this.#last = grow(this.#last, H);
    this.#sums = grow(this.#sums, H);
    this.#decayed = grow(this.#decayed, H);
    this.#decayedWeight = grow(this.#decayedWeight, 1);
    this.#attended = grow(this.#attended, H);
    this.#attendedWeight = grow(this.#attendedWeight, 1);
  }
}
