import { timeWeight } from "../../../graph/edge-weights.ts";
import { EDGE_KINDS } from "../../../graph/graph.ts";
import { nominalWidth } from "../../../time/timeframe.ts";
import type { GnnNodes } from "../gnn-nodes.ts";
import type { NeighbourRows } from "./neighbour-mean.ts";

const [TEMPORAL, DOWN, UP] = (["temporal", "down", "up"] as const).map((kind) =>
  EDGE_KINDS.indexOf(kind),
) as [number, number, number];

/** Edges among the nodes of a run, with all that any kind of layer asks of them; e edges, n nodes. */
export interface RunEdges extends NeighbourRows {
  readonly weights: Float32Array; // [e] of the design, 1 where it has none
  readonly kinds: Uint8Array; // [e] index into EDGE_KINDS
  readonly times: Float32Array; // [e] timeWeight
}

/** Incoming edges of a node are offsets[node] … offsets[node + 1] − 1. */
export type EdgeRange = Pick<NeighbourRows, "offsets" | "senders">;

/** Edges of nodes [from, to) that come from among them, renumbered to begin at 0. */
export function edgesAmong(
  nodes: GnnNodes,
  from: number,
  to: number,
  timeframes: readonly string[],
): RunEdges {
  const widths = timeframes.map(nominalWidth);
  const { offsets, senders, weights, timeframe, knownAt } = nodes;
  const own = new Int32Array(to - from + 1);
  const most = offsets[to]! - offsets[from]!;
  const kept = new Int32Array(most);
  const columns = {
    weights: new Float32Array(most),
    shares: new Float32Array(most),
    kinds: new Uint8Array(most),
    times: new Float32Array(most),
  };
  let at = 0;
  for (let node = from; node < to; node++) {
    const begin = at;
    let total = 0;
    for (let e = offsets[node]!; e < offsets[node + 1]!; e++) {
      const sender = senders[e]!;
      if (sender < from) continue;
      const [s, r] = [timeframe[sender]!, timeframe[node]!];
      const weight = weights ? weights[e]! : 1;
      kept[at] = sender - from;
      columns.weights[at] = weight;
      columns.kinds[at] = s === r ? TEMPORAL : s > r ? DOWN : UP;
      columns.times[at] = timeWeight(knownAt[node]! - knownAt[sender]!, widths[Math.max(s, r)]!);
      total += weight;
      at++;
    }
    for (let e = offsets[node]!, i = begin; e < offsets[node + 1]!; e++)
      if (senders[e]! >= from) columns.shares[i++] = (weights ? weights[e]! : 1) / total;
    own[node - from + 1] = at;
  }
  return takeEdges({ offsets: own, senders: kept, ...columns }, at);
}

function takeEdges({ offsets, ...columns }: RunEdges, count: number): RunEdges {
  const { senders, shares, weights, kinds, times } = columns;
  return {
    offsets,
    senders: senders.subarray(0, count),
    shares: shares.subarray(0, count),
    weights: weights.subarray(0, count),
    kinds: kinds.subarray(0, count),
    times: times.subarray(0, count),
  };
}

/** Those edges that are wanted; shares of each receiver sum to 1 again. */
export function keepEdges(edges: RunEdges, isKept: (edge: number, receiver: number) => boolean): RunEdges {
  const n = edges.offsets.length - 1;
  const offsets = new Int32Array(n + 1);
  const rows: number[] = [];
  for (let node = 0; node < n; node++) {
    for (let e = edges.offsets[node]!; e < edges.offsets[node + 1]!; e++) if (isKept(e, node)) rows.push(e);
    offsets[node + 1] = rows.length;
  }
  const shares = new Float32Array(rows.length);
  for (let node = 0; node < n; node++) {
    let total = 0;
    for (let e = offsets[node]!; e < offsets[node + 1]!; e++) total += edges.weights[rows[e]!]!;
    for (let e = offsets[node]!; e < offsets[node + 1]!; e++) shares[e] = edges.weights[rows[e]!]! / total;
  }
  return {
    ...{ offsets, shares },
    senders: Int32Array.from(rows, (e) => edges.senders[e]!),
    weights: Float32Array.from(rows, (e) => edges.weights[e]!),
    kinds: Uint8Array.from(rows, (e) => edges.kinds[e]!),
    times: Float32Array.from(rows, (e) => edges.times[e]!),
  };
}

const byKind = new WeakMap<RunEdges, Map<number, NeighbourRows>>();

/** The edges of one kind as rows whose shares are those of a mean over that kind alone; made once. */
export function meanOfKind(edges: RunEdges, kind: number): NeighbourRows {
  const kinds = byKind.get(edges) ?? new Map<number, NeighbourRows>();
  byKind.set(edges, kinds);
  const rows = kinds.get(kind) ?? keepEdges(edges, (e) => edges.kinds[e] === kind);
  kinds.set(kind, rows);
  return rows;
}
