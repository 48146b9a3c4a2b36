import type { Timeframe } from "../time/timeframe.ts";

/** Kinds of edges; `edgeType` holds their index here. */
export const EDGE_KINDS = ["temporal", "down", "up"] as const;
export type EdgeKind = (typeof EDGE_KINDS)[number];

/**
 * N nodes, E edges, F features. Flat arrays named as in jraph. Nodes are ordered by `knownAt`, at equal times
 * fine to coarse, and every edge runs from an earlier node to a later one.
 */
export interface Graph {
  readonly timeframes: readonly Timeframe[]; // fine to coarse
  readonly featureNames: readonly string[]; // [F]
  readonly nodes: Float64Array; // [N, F]
  readonly nodeTimeframe: Uint8Array; // [N] index into timeframes
  readonly nodeRow: Int32Array; // [N] row in its timeframe's series
  readonly nodeOpenTime: Float64Array; // [N]
  readonly knownAt: Float64Array; // [N]
  readonly senders: Int32Array; // [E]
  readonly receivers: Int32Array; // [E]
  readonly edgeType: Uint8Array; // [E]
  readonly edgeWeight: Float64Array; // [E]
}
