import type { SeriesKey } from "../candles/candle-series.ts";
import type { Context } from "../context/context.ts";
import { RhymeError, type RhymeErrorFields } from "../errors.ts";
import type { Horizon } from "../time/horizon.ts";
import type { EpochMs } from "../time/units.ts";
import type { Lineage, Query } from "./memory.ts";

// Ports of a derived index: a search engine beside the truth that can be lost and filled again.

/** A pattern with everything that an answer needs of it. */
export interface IndexedPattern extends SeriesKey {
  readonly id: string;
  readonly anchor: EpochMs;
  readonly revision: number;
  readonly vector: Float32Array; // [D]
  readonly atrNow: number;
  /** Base forecasts by horizon; a horizon without one is absent. */
  readonly base: Readonly<Record<Horizon, number>>;
  /** Per horizon every label fact, ascending by `matureAt`: the first outcome, then what corrections made of it. */
  readonly outcomes: Readonly<Record<Horizon, readonly Context[]>>;
  readonly lineage: Lineage;
  /** At the anchor, where whoever fills the index knows it: memory folders keep none. */
  readonly regime?: string;
}

/** A query without the parts that are decided here, after the index has answered, and what an index can filter besides. */
export interface IndexQuery extends Omit<Query, "k" | "distinctEpisodes"> {
  /** Only patterns with an anchor in [from, to]. */
  readonly anchored?: { readonly from: EpochMs; readonly to: EpochMs };
  /** Only patterns whose regime is one of these. */
  readonly regimes?: readonly string[];
}

/** A pattern that an index found, with what it knows of the horizon that was asked about. */
export interface IndexHit extends SeriesKey {
  readonly id: string;
  readonly anchor: EpochMs;
  /** As it is indexed: the truth's, or that times a power of two. */
  readonly vector: Float32Array; // [D]
  readonly atrNow: number;
  /** NaN where there is none. */
  readonly base: number;
  /** Every label fact, ascending by `matureAt`; at least the first, or it could not answer. */
  readonly facts: readonly Context[];
  readonly lineage: Lineage;
}

/** How far a truth had got, and what it held then: a copy of a folder has its identity, and counts on as it does. */
export interface Reached {
  /** Number of its newest change. */
  readonly change: number;
  /** Of all that it held. */
  readonly digest: string;
}

/** Up to which change of which truth an index holds everything. It is kept with the data it speaks of. */
export interface IndexMark extends Reached {
  /** Identity of the memory folder. */
  readonly truth: string;
  /** How many patterns the index held then: fewer are there where a server lost some. */
  readonly count: number;
  /** Of an index that is being filled: what comes after this in the truth's order is not there yet. */
  readonly filledTo?: Place;
  /** Some of what changed from there on up to this may be there already: said before any of it is written. */
  readonly begun?: Reached;
}

/** A pattern as an index stores it, in a form that compares. */
export interface IndexEntry {
  readonly id: string;
  readonly vector: Float32Array; // [D]
  /** Everything else that is stored of it, as one text. */
  readonly content: string;
}

/** What stops and watches long work. */
export interface Watch {
  readonly signal?: AbortSignal;
  /** Called with how many patterns have been dealt with so far. */
  readonly onProgress?: (done: number) => void;
}

/** Patterns in portions: a writer asks for the next one only when it has room, and so slows its producer down. */
export type PatternBatches = AsyncIterable<readonly IndexedPattern[]> | Iterable<readonly IndexedPattern[]>;

/**
 * An index of one tenant's patterns of one encoder version. There is no way to ask it across tenants or versions.
 * Every call ends by its own deadline with a RhymeError "store".
 */
export interface PatternIndex {
  /** Names it in messages, without any key. */
  readonly place: string;
  readonly tenant: string;
  readonly encoderVersion: string;
  readonly dim: number;
  /** Writes patterns over whatever is stored under their ids; returns how many. @throws IncompleteWrite */
  upsert(batches: PatternBatches, watch?: Watch): Promise<number>;
  /** Removes patterns that are there; those that a crash left half written too. */
  remove(what: { readonly series: SeriesKey } | { readonly ids: readonly string[] }): Promise<void>;
  /**
   * At most `limit` patterns that a query may see, nearest first as far as the index can tell; fewer: there are no
   * more.
   */
  nearest(query: IndexQuery, limit: number): Promise<readonly IndexHit[]>;
  /** The largest `limit` that `nearest` may be given. */
  readonly mostHits: number;
  /** How many patterns it holds. */
  count(): Promise<number>;
  /** All ids, in portions. */
  ids(): AsyncIterable<readonly string[]>;
  /** Those of the entries named that are there, in any order. */
  entries(ids: readonly string[]): Promise<readonly IndexEntry[]>;
  /** What is stored of a pattern, so that it can be compared with what `entries` returns. */
  entryOf(pattern: IndexedPattern): IndexEntry;
  /**
   * Ids of those patterns that no search names, once `settled`: a server that was killed may keep an object without
   * what finds it, and writing the same object again changes nothing about that. Removed and written, it is found.
   */
  unfound(patterns: readonly IndexedPattern[]): Promise<readonly string[]>;
  /** null where nothing says how far it got. */
  mark(): Promise<IndexMark | null>;
  /** null: from now on nothing says how far it got. */
  setMark(mark: IndexMark | null): Promise<void>;
  /** Waits until everything that was acknowledged is found by `nearest`. */
  settled(options?: { readonly deadlineMs?: number; readonly signal?: AbortSignal }): Promise<void>;
  /** Removes every pattern and the mark. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** A stretch of a series, both anchors included. */
export interface Stretch {
  readonly series: SeriesKey;
  readonly first: EpochMs;
  readonly last: EpochMs;
}

/** A pattern in the order in which a truth hands them all out. */
export interface Place {
  readonly series: SeriesKey;
  readonly anchor: EpochMs;
}

/** What became of a memory after a change. */
export interface Changes {
  /** Where patterns were written or labelled, united where they overlap. */
  readonly stretches: readonly Stretch[];
  /** Patterns were deleted. */
  readonly deleted: boolean;
}

/** What the truth offers for mirroring one tenant's patterns of one encoder version. */
export interface PatternSource {
  readonly place: string;
  /** Identity of the memory folder. */
  readonly truth: string;
  /** Number of the newest change. */
  newest(): number;
  /** Digest of all patterns, forecasts and label facts; what it takes does not grow with how many there are. */
  digest(): string;
  /** How far it has got: the newest change, 0 where nothing was ever written, and its digest. A writer notes it. */
  note(): Reached;
  /** The digest that was noted at a change; null where none was: then it is not known what it held there. */
  noted(change: number): string | null;
  changesAfter(change: number): Changes;
  count(): number;
  /** Ids of all patterns. */
  ids(): ReadonlySet<string>;
  /**
   * Patterns in portions of at most `size`, each of one series and from one commit: all in the truth's own order,
   * those that come after a place in it, or those of a stretch.
   */
  batches(of: Stretch | { readonly after: Place } | null, size: number): Iterable<readonly IndexedPattern[]>;
}

/** An index acknowledged less than it was sent. What it was to hold can be sent again; nothing else is needed. */
export class IncompleteWrite extends RhymeError {
  /** Ids that were sent and not acknowledged. */
  readonly missing: readonly string[];

  /** @param cause what was received instead, and what can be done about it */
  constructor(
    place: string,
    missing: readonly string[],
    cause: Pick<RhymeErrorFields, "received" | "remedy">,
  ) {
    const more = missing.length > 3 ? ` and ${missing.length - 3} more` : "";
    super("store", {
      place,
      expected: "every pattern to be acknowledged",
      received: `${missing.length} that were not (${missing.slice(0, 3).join(", ")}${more}): ${cause.received}`,
      remedy: `${cause.remedy} The memory has them all: the same command goes on from there.`,
    });
    this.missing = missing;
  }
}
