import type { CandleColumn } from "../candles/candle-series.ts";
import type { Calendar } from "../time/calendar.ts";
import type { EpochMs } from "../time/units.ts";
import type { Timeframe } from "../time/timeframe.ts";

export interface FeatureInput {
  /** Whose candles: `self`; other symbols are refused for now. */
  readonly symbol: "self" | (string & {});
  /** Whose bars: `own` is the timeframe the feature is computed on; a coarser one is read as of `knownAt`. */
  readonly timeframe: "own" | Timeframe;
  readonly column: CandleColumn;
}

/**
 * One causal pass over a series. `step` is called once per bar, oldest first, with the declared inputs of
 * that bar (NaN where an input is not known yet) and writes the outputs at `out[at]…`; undefined is NaN,
 * Infinity never. It cannot see a later bar, because nobody hands it one: batch, stream and resume are the
 * same calls.
 */
export interface FeaturePass {
  step(inputs: Float64Array, out: Float64Array, at: number): void;
}

export interface Feature {
  readonly id: string;
  readonly version: number;
  readonly params: Readonly<Record<string, number | string>>;
  readonly inputs: readonly FeatureInput[];
  readonly outputs: readonly string[];
  /** Bars before the first defined value (`first`), and until a truncated history agrees to 1e-6 (`settled`). */
  readonly warmUp: { readonly first: number; readonly settled: number };
  start(context: { readonly calendar: Calendar }): FeaturePass;
}

/** Features of one timeframe: N rows, F columns, row-major. */
export interface FeatureTable {
  readonly timeframe: Timeframe;
  readonly names: readonly string[]; // [F]
  readonly values: Float64Array; // [N, F], NaN before warm-up
  readonly openTime: Float64Array; // [N]
  readonly knownAt: Float64Array; // [N]
}

export type FeatureTables = Readonly<Record<Timeframe, FeatureTable>>;

/** Which features each timeframe carries. Its hash is part of every encoder version. */
export interface FeatureSet {
  readonly name: string;
  readonly features: readonly Feature[];
}

/** A row as it arrives live, for every timeframe that closed with it (fine to coarse). */
export interface FeatureRow {
  readonly timeframe: Timeframe;
  readonly values: Float64Array; // [F]
  readonly openTime: EpochMs;
  readonly knownAt: EpochMs;
}
