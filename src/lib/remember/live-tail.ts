import type { CandleSeries, SeriesKey } from "../candles/candle-series.ts";
import { CausalPass } from "../context/causal-state.ts";
import type { LabelPast } from "../context/label.ts";
import type { EpochMs } from "../time/units.ts";

const CANDLE = ["openTime", "closeTime", "knownAt", "open", "high", "low", "close", "volume"] as const;
const OPTIONAL = ["trades", "vwap", "spread"] as const;
const PAST = ["trueRange", "squaredReturn", "atr", "rvi", "firmKnownAt"] as const;

type Column = (typeof CANDLE)[number] | (typeof OPTIONAL)[number] | (typeof PAST)[number];
type Columns = Record<Column, Float64Array>;

/**
 * The newest rows of a series that grows, with what each knows of its past. Rows are numbered from the first one ever
 * taken; old ones are forgotten, so that it stays as small as what is read of it.
 */
export class LiveTail {
  readonly #of: SeriesKey & Pick<CandleSeries, "calendar">;
  readonly #pass = new CausalPass();
  #columns: Columns;
  #partial: Uint8Array;
  #first = 0; // number of the first row kept
  #base = 0; // number of the row at place 0 of the columns
  #end = 0;
  #firm: EpochMs = -Infinity;

  constructor({ source, symbol, timeframe, calendar }: CandleSeries, capacity = 1_024) {
    this.#of = { source, symbol, timeframe, calendar };
    this.#columns = columnsOf(() => new Float64Array(capacity));
    this.#partial = new Uint8Array(capacity);
  }

  /** Number of the row that comes next: how many were taken. */
  get end(): number {
    return this.#end;
  }

  /**
   * Takes a row, which follows the one before it.
   * @param knownAt when the fact was known, where it came late and `series` has it set back
   */
  push(series: CandleSeries, row: number, knownAt: EpochMs = series.knownAt[row]!): void {
    this.#reserve();
    const at = this.#end - this.#base;
    for (const name of CANDLE) this.#columns[name][at] = series[name][row]!;
    for (const name of OPTIONAL) this.#columns[name][at] = series[name]?.[row] ?? NaN;
    this.#partial[at] = series.partial[row]!;
    this.#pass.push(series, row, this.#columns, at);
    this.#firm = Math.max(this.#firm, knownAt);
    this.#columns.firmKnownAt[at] = this.#firm;
    this.#end++;
  }

  /** Rows from number `from` on, as long as nothing is pushed. */
  candles(from: number): CandleSeries {
    const cut = (name: Column): Float64Array => this.#cut(name, from);
    const columns = Object.fromEntries([...CANDLE, ...OPTIONAL].map((name) => [name, cut(name)]));
    const partial = this.#partial.subarray(from - this.#base, this.#end - this.#base);
    return { ...this.#of, ...(columns as Pick<Columns, (typeof CANDLE)[number]>), partial };
  }

  /** What the same rows know of their past. */
  past(from: number): LabelPast {
    return Object.fromEntries(PAST.map((name) => [name, this.#cut(name, from)])) as unknown as LabelPast;
  }

  at(name: Column, row: number): number {
    return this.#columns[name][row - this.#base]!;
  }

  /** Rows before `row` are not asked for again. */
  forget(row: number): void {
    this.#first = Math.max(this.#first, row);
  }

  #cut(name: Column, from: number): Float64Array {
    if (from < this.#first) throw new Error(`row ${from} is forgotten, the first is ${this.#first}`);
    return this.#columns[name].subarray(from - this.#base, this.#end - this.#base);
  }

  /** Room for one more row: of the rows that were forgotten, or twice as much as is kept. */
  #reserve(): void {
    const capacity = this.#partial.length;
    if (this.#end - this.#base < capacity) return;
    const kept = this.#end - this.#first;
    const size = Math.max(1_024, kept * 2);
    const [from, to] = [this.#first - this.#base, this.#end - this.#base];
    this.#columns = columnsOf((name) => {
      const column = new Float64Array(size);
      column.set(this.#columns[name].subarray(from, to));
      return column;
    });
    const partial = new Uint8Array(size);
    partial.set(this.#partial.subarray(from, to));
    this.#partial = partial;
    this.#base = this.#first;
  }
}

function columnsOf(make: (name: Column) => Float64Array): Columns {
  return Object.fromEntries([...CANDLE, ...OPTIONAL, ...PAST].map((name) => [name, make(name)])) as Columns;
}
