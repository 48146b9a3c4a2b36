import type { Rng } from "../../../math/rng.ts";
import type { NeighbourRows } from "./neighbour-mean.ts";
import type { Run } from "./run.ts";

/** Which features of a run are hidden; n nodes, F features. */
export interface Mask {
  readonly masked: Float32Array; // [n] 1 where the features are replaced by the mask token
  /** [n, F] 1 where a hidden feature counts in the loss. */
  readonly counted: Float32Array;
}

/**
 * Hides `share` of a run's nodes. Hidden are whole candles: one drawn at random from a timeframe drawn at random,
 * together with every finer candle inside it, since those tell what the coarser one looks like; its parents come later
 * in the order and tell a finer one nothing. So hidden runs last from one bar to a whole bar of the coarsest
 * timeframe, and the longer ones cannot be filled in from the bar before.
 */
export function drawMask(
  { nodes, inputs, timeframe, edges }: Run,
  timeframes: number,
  share: number,
  rng: Rng,
): Mask {
  const F = inputs.length / nodes;
  const masked = hidden(timeframe, edges, timeframes, share, rng);
  // NaN was scaled to 0, which no defined value is unless its feature is constant: neither counts.
  const counted = Float32Array.from(inputs, (x, i) => (x !== 0 && masked[Math.floor(i / F)] === 1 ? 1 : 0));
  return { masked, counted };
}

function hidden(
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
