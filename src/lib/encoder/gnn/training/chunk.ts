import type { Rng } from "../../../math/rng.ts";
import type { GnnNodes } from "../gnn-nodes.ts";
import type { NeighbourRows } from "./neighbour-mean.ts";

// n nodes of a chunk, F features, T timeframes

/** A run of a history graph's nodes with the edges among them, some of whose features are hidden. */
export interface Chunk {
  readonly nodes: number; // n
  readonly inputs: Float32Array; // [n, F] scaled
  readonly timeframe: Uint8Array; // [n]
  readonly edges: NeighbourRows;
  readonly masked: Float32Array; // [n] 1 where the features are replaced by the mask token
  /** [n, F] 1 where a hidden feature counts in the loss. */
  readonly counted: Float32Array;
}

/**
 * Nodes [from, to) of a history, with `maskShare` of them hidden. Hidden are whole candles: one drawn at random from a
 * timeframe drawn at random, together with every finer candle inside it, since those tell what the coarser one looks
 * like; its parents come later in the order and tell a finer one nothing. So hidden runs last from one bar to a
 * whole bar of the coarsest timeframe, and the longer ones cannot be filled in from the bar before.
 */
export function maskedChunk(
  nodes: GnnNodes,
  from: number,
  to: number,
  timeframes: number,
  maskShare: number,
  rng: Rng,
): Chunk {
  const n = to - from;
  const F = nodes.inputs.length / nodes.timeframe.length;
  const edges = edgesAmong(nodes, from, to);
  const timeframe = nodes.timeframe.slice(from, to);
  const masked = drawMask(timeframe, edges, timeframes, maskShare, rng);
  const inputs = nodes.inputs.slice(from * F, to * F);
  // NaN was scaled to 0, which no defined value is unless its feature is constant: neither counts.
  const counted = Float32Array.from(inputs, (x, i) => (x !== 0 && masked[Math.floor(i / F)] === 1 ? 1 : 0));
  return { nodes: n, inputs, timeframe, edges, masked, counted };
}

function edgesAmong({ offsets, senders, weights }: GnnNodes, from: number, to: number): NeighbourRows {
  const own = new Int32Array(to - from + 1);
  const kept: number[] = [];
  const shares: number[] = [];
  for (let node = from; node < to; node++) {
    const begin = kept.length;
    let total = 0;
    for (let e = offsets[node]!; e < offsets[node + 1]!; e++) {
      if (senders[e]! < from) continue;
      const weight = weights ? weights[e]! : 1;
      kept.push(senders[e]! - from);
      shares.push(weight);
      total += weight;
    }
    for (let e = begin; e < kept.length; e++) shares[e]! /= total;
    own[node - from + 1] = kept.length;
  }
  return { offsets: own, senders: Int32Array.from(kept), shares: Float32Array.from(shares) };
}

function drawMask(
  timeframe: Uint8Array,
  edges: NeighbourRows,
  timeframes: number,
  share: number,
  rng: Rng,
): Float32Array {
  const masked = new Float32Array(timeframe.length);
  const members = Array.from({ length: timeframes }, (): number[] => []);
  timeframe.forEach((t, node) => members[t]!.push(node));
  const wanted = Math.floor(share * timeframe.length);
  let count = 0;
  for (let tries = 0; count < wanted && tries < 50 * timeframe.length; tries++) {
    const candidates = members[rng.int(timeframes)]!;
    if (candidates.length > 0)
      count += hide(candidates[rng.int(candidates.length)]!, timeframe, edges, masked);
  }
  return masked;
}

/** Hides a node and, through its edges from finer timeframes, everything inside it; returns how many were new. */
function hide(node: number, timeframe: Uint8Array, edges: NeighbourRows, masked: Float32Array): number {
  let count = masked[node] === 1 ? 0 : 1;
  masked[node] = 1;
  for (let e = edges.offsets[node]!; e < edges.offsets[node + 1]!; e++) {
    const sender = edges.senders[e]!;
    if (timeframe[sender]! < timeframe[node]!) count += hide(sender, timeframe, edges, masked);
  }
  return count;
}
