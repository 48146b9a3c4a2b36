import type { EpochMs } from "../time/units.ts";
import type { Timeframe } from "../time/timeframe.ts";
import type { CandleFacts } from "./candle-facts.ts";
import type { CandleSeries, SeriesKey } from "./candle-series.ts";

export interface StoredSeries extends SeriesKey {
  readonly calendar: string;
  readonly rows: number;
  readonly first: EpochMs; // openTime
  readonly last: EpochMs; // openTime
}

/** What became of the rows of a write. */
export interface WriteReport {
  /** Of bars behind the newest stored one. */
  readonly added: number;
  readonly unchanged: number;
  /** Rows that contradict a stored one: kept as new facts, known at the ingest instant. */
  readonly corrected: number;
  /** Of bars that were missing and lie before the newest stored one, or say they were known before it was. */
  readonly late: number;
}

/**
 * The record of candle facts, shared by all tenants. Facts are added, never overwritten: a row is keyed by
 * (source, symbol, timeframe, openTime, knownAt).
 */
export interface CandleStore {
  list(): readonly StoredSeries[];
  /**
   * Rows of one series. A row that equals the newest stored fact of its openTime is left alone; a row that
   * contradicts one, lies before the newest stored bar, or says it was known before the newest bar that came on time, is a
   * fact known at `now`.
   */
  write(series: CandleSeries, now: EpochMs): WriteReport;
  /** Ingest instants of facts that came late (corrections, late bars, earlier history), ascending, distinct. */
  corrections(key: SeriesKey): Float64Array;
  /** How many facts came late, where a store can tell at once: more of them than `corrections` has instants. */
  lateFacts?(key: SeriesKey): number;
  /** For every openTime in [from, to) the newest fact with knownAt ≤ asOf; Infinity asks for all that is stored. */
  read(key: SeriesKey, range: CandleRange): CandleSeries;
  /** The same rows, each with whether its fact came late. */
  readFacts(key: SeriesKey, range: CandleRange): CandleFacts;
}

/** Which bars are read, and when: there is no default for that. */
export interface CandleRange {
  readonly asOf: EpochMs;
  readonly from?: EpochMs;
  readonly to?: EpochMs;
}

/** What a source of candles can be asked for; files now, exchanges and databases later. */
export interface CandlePage {
  readonly series: CandleSeries;
  /** Where the next page starts; null after the last. */
  readonly cursor: string | null;
}

export interface CandleSource {
  list(): Promise<
    readonly { readonly symbol: string; readonly timeframe: Timeframe; readonly source: string }[]
  >;
  read(range: {
    readonly symbol: string;
    readonly timeframe: Timeframe;
    readonly from?: EpochMs;
    readonly to?: EpochMs;
    readonly cursor?: string | null;
    readonly signal?: AbortSignal;
  }): Promise<CandlePage>;
}
