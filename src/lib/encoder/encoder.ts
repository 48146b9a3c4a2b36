import type { FeatureTables, FeatureRow } from "../features/feature.ts";
import type { GraphDesign } from "../graph/graph-design.ts";
import type { EpochMs } from "../time/units.ts";
import type { Timeframe } from "../time/timeframe.ts";

/** Embeddings of A anchors, unit length. */
export interface Embeddings {
  readonly dim: number; // D
  /** Row of the base timeframe's table that each anchor is. */
  readonly rows: Int32Array; // [A]
  /** knownAt of that row: the anchor instant. */
  readonly anchors: Float64Array; // [A]
  readonly vectors: Float32Array; // [A, D]
}

/** Which embeddings are made; default: all. */
export interface EncodeOptions {
  /** Those of base rows [from, to). Where `hearsNearby`, no more is computed than they hear; otherwise all before them is. */
  readonly from?: number;
  readonly to?: number;
  /** Stops it. */
  readonly signal?: AbortSignal;
}

/** One candle at a time; equal to `encodeHistory` to the last bit. Rows arrive in (knownAt, fine to coarse) order. */
export interface EncoderStream {
  push(row: FeatureRow): void;
  /** Embedding at the newest base row, or null during warm-up. Call it after all rows of one instant. */
  embed(): Float32Array | null;
}

/** Turns feature columns per timeframe into embeddings; builds its own graph, if it wants one, inside. */
export interface Encoder {
  /** `[0-9A-Za-z_]{1,64}`; covers design, features, scaling and weights. */
  readonly version: string;
  readonly kind: string;
  readonly dim: number;
  /** Name of the feature set it was fitted with (see features/feature-sets.ts), and its hash. */
  readonly featureSet: string;
  readonly featureSetHash: string;
  readonly design: GraphDesign;
  /** Rows per timeframe before an embedding is settled to 1e-5, whatever came earlier. */
  readonly receptiveField: Readonly<Record<Timeframe, number>>;
  /** The newest fact that fitting has seen. */
  readonly knownAt: EpochMs;
  /**
   * Whether an embedding hears a stretch of rows alone, which its graph bounds. Where not, as with readouts that sum up all
   * rows so far, each needs everything before it.
   */
  readonly hearsNearby: boolean;
  /** Every base row from warm-up on: the same bits in parts (`from`, `to`) as in one go. */
  encodeHistory(tables: FeatureTables, options?: EncodeOptions): Embeddings;
  /** The base rows that `encodeHistory` makes an embedding of, without making any; ascending. */
  anchorRows(tables: FeatureTables): Int32Array; // [A]
  /** The newest base row of tables that reach back at least `receptiveField`. */
  encodeWindow(tables: FeatureTables): Float32Array; // [D]
  stream(): EncoderStream;
}
