import type { EpochMs } from "../time/units.ts";

/** Closes that make the usual price, and how many of them are enough to judge by. */
const CLOSES = 21;
const ENOUGH = 5;

/** How far from a whole power of ten a price may lie, in decades: a fifth of the price. */
const NEAR = Math.log10(1.2);

/** Quotes have no more decimals than that; what is even further off is no slip of a point. */
const MOST_DECIMALS = 9;

/** Prices may well double between two bars; what lost a point stands eight times above the close before it too. */
const FAR = 3;

/** So many whole rows a power of ten too high, one after the other, are no slip: the source changed its unit. */
const PATIENCE = 10;

/** Four prices of one row. */
export interface Prices {
  open: number;
  high: number;
  low: number;
  close: number;
}

/**
 * The usual price of the bars before: the median of the last 21 closes that were accepted. It knows earlier bars
 * only, so whether a row is judged to have lost a point never depends on later ones.
 */
export class TrailingPrice {
  readonly #ring = new Float64Array(CLOSES);
  #count = 0;
  /** Where the next close goes. */
  #next = 0;
  #lost = 0;

  /** The close of the bar before. */
  last = NaN;

  /** NaN until five bars are there. */
  median(): number {
    const n = Math.min(this.#count, CLOSES);
    return n < ENOUGH ? NaN : this.#ring.slice(0, n).sort()[n >> 1]!;
  }

  /** Whether prices have fractions here: where all are whole numbers there is no point to lose. */
  hasFractions(): boolean {
    const n = Math.min(this.#count, CLOSES);
    return this.#ring.subarray(0, n).some((close) => !Number.isInteger(close));
  }

  push(close: number): void {
    this.#ring[this.#next] = this.last = close;
    this.#next = this.#next + 1 === CLOSES ? 0 : this.#next + 1; // a division per row would be felt
    this.#count++;
  }

  /** The same for the closes of rows[from, to), of which no bar stands too high. */
  pushAll(close: Float64Array, rows: Int32Array, from: number, to: number): void {
    for (let i = Math.max(from, to - CLOSES); i < to; i++) this.push(close[rows[i]!]!);
    this.countLost(false);
  }

  /** Counts bars of which every price stands too high; where they go on, the next bars are taken as they are. */
  countLost(whole: boolean): void {
    this.#lost = whole ? this.#lost + 1 : 0;
    if (this.#lost < PATIENCE) return;
    this.#lost = this.#count = this.#next = 0;
    this.last = NaN;
  }
}

/** Whether a price is so far above the close of the bar before that it is looked at more closely. */
export function isFarAbove(price: number, last: number): boolean {
  return price > FAR * last;
}

/**
 * The row with every lost point put back, null where none is lost. A price has lost its point when it stands near a
 * power of ten above the usual one and is a whole number, as it must be without a point, or is at least a hundred
 * times too high. Where all four prices stand there, it takes whole numbers among usual prices with fractions, or it
 * would be a 1:10 consolidation of shares. Losing a point never makes a price smaller: what lies far below is a
 * `price-spike`.
 * @param fractions whether usual prices have some
 */
export function pointsPutBack(row: Prices, usual: number, fractions: boolean): Prices | null {
  const powers = [row.open, row.high, row.low, row.close].map((price) => powerAbove(price, usual));
  const lost = powers.filter((power) => power > 0).length;
  if (lost === 0) return null;
  const whole = [row.open, row.high, row.low, row.close].every(Number.isInteger);
  if (lost === 4 && !(whole && fractions)) return null;
  const back = (price: number, power: number): number => (power > 0 ? price / 10 ** power : price);
  return {
    open: back(row.open, powers[0]!),
    high: back(row.high, powers[1]!),
    low: back(row.low, powers[2]!),
    close: back(row.close, powers[3]!),
  };
}

/** The power of ten by which a price lost its point, else 0. */
function powerAbove(price: number, usual: number): number {
  if (!(price > usual)) return 0;
  const decades = Math.log10(price / usual);
  const power = Math.round(decades);
  if (power < 1 || power > MOST_DECIMALS || Math.abs(decades - power) > NEAR) return 0;
  return power >= 2 || Number.isInteger(price) ? power : 0;
}

/** The first bars of a file, which nothing before them can judge: they are only ever flagged, from what follows. */
export class FirstBars {
  readonly #rows: number[] = [];
  readonly #bars: EpochMs[] = [];
  readonly #after: number[] = [];

  get isComplete(): boolean {
    return this.#after.length >= CLOSES;
  }

  add(row: number, bar: EpochMs, close: number): void {
    if (this.#bars.length === CLOSES && this.#bars[CLOSES - 1] !== bar) this.#after.push(close);
    else {
      this.#rows.push(row);
      if (this.#bars[this.#bars.length - 1] !== bar) this.#bars.push(bar);
    }
  }

  /** Rows among the first that stand a power of ten above the bars after them, and the usual price there. */
  lost(pricesOf: (row: number) => Prices): { readonly rows: readonly number[]; readonly usual: number } {
    if (this.#after.length < ENOUGH) return { rows: [], usual: NaN };
    const usual = Float64Array.from(this.#after).sort()[this.#after.length >> 1]!;
    const fractions = this.#after.some((close) => !Number.isInteger(close));
    return {
      rows: this.#rows.filter((row) => pointsPutBack(pricesOf(row), usual, fractions) !== null),
      usual,
    };
  }
}
