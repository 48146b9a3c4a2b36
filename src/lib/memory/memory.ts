import type { Context, ContextColumns } from "../context/context.ts";
import type { SeriesKey } from "../candles/candle-series.ts";
import type { EpochMs } from "../time/units.ts";
import type { Horizon } from "../time/horizon.ts";

/** Where a pattern came from: enough to make it again. */
export interface Lineage {
  readonly dataHash: string;
  readonly designHash: string;
  readonly encoderVersion: string;
}

/**
 * Patterns of one series, as columns: P patterns, D dimensions. Stored with their contexts pending.
 * `base[h]` is the base forecast of logAtrRatio over horizon h, made at the anchor with what had matured by
 * then; NaN where the forecaster had too little history. `atrNow` is Wilder ATR14 / close at the anchor.
 */
export interface PatternBatch {
  readonly series: SeriesKey; // timeframe = base timeframe
  readonly anchors: Float64Array; // [P] ascending
  readonly vectors: Float32Array; // [P, D]
  readonly atrNow: Float64Array; // [P]
  readonly base: Readonly<Record<Horizon, Float64Array>>; // each [P]
  /** 0: a moment as revised by later corrections is made when it is asked for, and never stored. */
  readonly revision: number;
  readonly lineage: Lineage;
}

/**
 * Contexts for patterns that exist: row i of `columns` belongs to `anchors[i]`. Only mature
 * rows are kept; the others are ignored.
 */
export interface LabelBatch {
  readonly series: SeriesKey;
  readonly anchors: Float64Array; // [P]
  readonly columns: ContextColumns; // over the same P rows
}

/** What became of labels that were handed over, by number of rows. */
export interface LabelCounts {
  /** Pending before: the first outcome. */
  readonly written: number;
  /** Known before with other values: a second or later fact beside the first. */
  readonly revised: number;
  readonly unchanged: number;
}

/** Which memories are searched: all symbols, the question's own, or a list. */
export type Among = "all" | { readonly symbols: readonly string[] };

/** Which patterns may answer, beyond "whose outcome was known by `asOf`". Both go by the first outcome. */
export interface Pool {
  /** Only patterns whose first outcome was known by then; default, and at most, `asOf`. */
  readonly maturedBy?: EpochMs;
  /** Leaves out patterns whose span (anchor, first matureAt] shares an instant with (from, to]. */
  readonly apart?: { readonly from: EpochMs; readonly to: EpochMs };
}

export interface Query extends Pool {
  readonly vector: Float32Array; // [D]
  /**
   * Only patterns whose outcome for `horizon` was known by then are seen, with the newest label fact known by then.
   * There is no default.
   */
  readonly asOf: EpochMs;
  readonly horizon: Horizon;
  readonly k: number;
  readonly among: Among;
  /** Base timeframe of the patterns that may answer. */
  readonly timeframe: string;
  /**
   * true: neighbours whose (anchor, first matureAt] intervals intersect are one episode, represented by its nearest;
   * chosen greedily by distance, ties by id.
   */
  readonly distinctEpisodes: boolean;
}

/** What `matured` is asked. */
export interface MaturedQuery extends Pool {
  readonly series: SeriesKey;
  readonly horizon: Horizon;
  readonly asOf: EpochMs;
  readonly limit: number;
}

/** What `countMatured` is asked: a query without a vector. */
export interface CountQuery extends Pool {
  readonly asOf: EpochMs;
  readonly horizon: Horizon;
  readonly among: Among;
  readonly timeframe: string;
}

/** One remembered moment that answers a query. `distance` = 1 − cosine. */
export interface Neighbour extends SeriesKey {
  readonly id: string;
  readonly anchor: EpochMs;
  /** When its first outcome was known: the end of its span. `context.matureAt` is when the values shown were. */
  readonly matureAt: EpochMs;
  readonly distance: number;
  readonly context: Context;
  readonly base: number;
  readonly atrNow: number;
  readonly lineage: Lineage;
}

/** The many, as columns, nearest first: what the number is made from. M rows. */
export interface NeighbourColumns {
  readonly distance: Float64Array; // [M]
  readonly anchor: Float64Array; // [M]
  readonly matureAt: Float64Array; // [M] of the first outcome
  /** realised logAtrRatio − base forecast, NaN where either is missing */
  readonly residual: Float64Array; // [M]
}

/** Matured past of one series, evenly thinned, oldest first: what quantile tables are made from. M rows. */
export interface MaturedColumns {
  readonly anchor: Float64Array;
  readonly matureAt: Float64Array; // of the first outcome
  readonly base: Float64Array;
  readonly atrNow: Float64Array;
  readonly values: ContextColumns["values"];
}

/** A stored pattern with the contexts that had matured by an instant, whatever their horizon. */
export interface Pattern extends SeriesKey {
  readonly id: string;
  readonly anchor: EpochMs;
  readonly revision: number;
  readonly vector: Float32Array;
  readonly atrNow: number;
  readonly base: Readonly<Record<Horizon, number>>;
  /** Per horizon the newest label fact. */
  readonly contexts: Readonly<Record<Horizon, Context>>;
  /** Per horizon when the first outcome was known. */
  readonly matureAt: Readonly<Record<Horizon, EpochMs>>;
  readonly lineage: Lineage;
}

export interface VerifyReport {
  readonly checked: number;
  readonly problems: readonly {
    readonly place: string;
    readonly expected: string;
    readonly received: string;
  }[];
}

/**
 * What one tenant has seen through one encoder version. Two versions, or two tenants, are two Memory objects
 * and never meet in one answer. Exact and approximate stores share this contract (testing/memory-contract.ts).
 */
export interface Memory {
  readonly tenant: string;
  readonly encoderVersion: string;
  readonly dim: number;
  /**
   * Writes patterns, pending. Idempotent: an id that is there already is left as it is, and only gains base forecasts
   * of horizons it had none for; another vector for it is refused.
   */
  put(batch: PatternBatch): Promise<{ readonly written: number; readonly unchanged: number }>;
  /**
   * Fills contexts that matured, and keeps what a correction made of them as further facts, each known at its own
   * `matureAt`. Idempotent; values equal to those known then store nothing. Refused: other values known at the same
   * instant, and values that were known before the newest ones but are not among those stored.
   */
  label(batch: LabelBatch): Promise<LabelCounts>;
  /** The nearest, with everything known about them by asOf. Throws RhymeError without asOf or horizon. */
  query(query: Query): Promise<readonly Neighbour[]>;
  /** The same search, as columns: for hundreds of neighbours. Never distinct episodes. */
  queryColumns(query: Omit<Query, "distinctEpisodes">): Promise<NeighbourColumns>;
  /** At most `limit` patterns of a series whose horizon had matured by asOf; which ones depends only on what had. */
  matured(of: MaturedQuery): Promise<MaturedColumns>;
  /** How many patterns a query with these arguments could see. */
  countMatured(of: CountQuery): Promise<number>;
  /** A pattern as it was known by `asOf` (Infinity: by now); null where its anchor came later. */
  get(id: string, asOf: EpochMs): Promise<Pattern | null>;
  /** The newest pattern of a series with anchor ≤ at and ≤ asOf, as it was known by `asOf` (Infinity: by now). */
  at(series: SeriesKey, at: EpochMs, asOf: EpochMs): Promise<Pattern | null>;
  /** Anchors of a series, ascending; those behind `after` where that is given. */
  anchors(series: SeriesKey, after?: EpochMs): Promise<Float64Array>;
  delete(what: { readonly series: SeriesKey } | { readonly ids: readonly string[] }): Promise<number>;
  count(): Promise<number>;
  verify(): Promise<VerifyReport>;
  /** Builds the search structures anew from the truth. */
  rebuild(): Promise<void>;
  close(): Promise<void>;
}
