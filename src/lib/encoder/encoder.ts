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
  /** Every base row from warm-up on. `signal` stops it. */
  encodeHistory(tables: FeatureTables, options?: { readonly signal?: AbortSignal }): Embeddings;
  /** The newest base row of tables that reach back at least `receptiveField`. */
  encodeWindow(tables: FeatureTables): Float32Array; // [D]
  stream(): EncoderStream;
}
