import { sameEpisode } from "../memory/episode.ts";
import type { Among, Memory, NeighbourColumns, Pool } from "../memory/memory.ts";
import type { Horizon } from "../time/horizon.ts";
import type { EpochMs } from "../time/units.ts";

const MOST = 400;
/** Never more than this share of what had matured, or the many would be everybody. */
const SHARE = 0.1;
/** Episodes whose mean distance says how near the past comes; fixed, so that it means the same for every k. */
const NEAREST_EPISODES = 10;

const none = new Float64Array();
const NONE: NeighbourColumns = { distance: none, anchor: none, matureAt: none, residual: none };

/** The many neighbours that the number is made from. */
export interface Many {
  /** Patterns that could have been neighbours. */
  readonly matured: number;
  /** Neighbours with a residual. */
  readonly count: number;
  /** Mean of realised minus base forecast of logAtrRatio; NaN where count is 0. */
  readonly residual: number;
  /** Standard deviation of the same. */
  readonly dispersion: number;
  /** Mean distance of the nearest distinct episodes among the many, ten at most. */
  readonly distance: number;
  readonly episodes: number;
}

/** As of when a memory is asked, and which of its patterns may answer. */
export interface Known extends Pool {
  readonly asOf: EpochMs;
}

export interface ManyQuestion extends Known {
  readonly vector: Float32Array;
  readonly horizon: Horizon;
  readonly among: Among;
  readonly timeframe: string;
}

/** How many neighbours make the number: up to 400, never more than a tenth of what had matured. */
export function manySize(matured: number): number {
  return Math.min(MOST, Math.floor(matured * SHARE));
}

/** The many neighbours of a moment, summed up: one search. */
export async function manyOf(memory: Memory, question: ManyQuestion): Promise<Many> {
  const matured = await memory.countMatured(question);
  const k = manySize(matured);
  return k < 1 ? summary(matured, NONE) : summary(matured, await memory.queryColumns({ ...question, k }));
}

/** Sums up neighbours, nearest first. */
export function summary(matured: number, { distance, anchor, matureAt, residual }: NeighbourColumns): Many {
  const finite = residual.filter(Number.isFinite);
  const mean = finite.reduce((sum, r) => sum + r, 0) / finite.length;
  const square = finite.reduce((sum, r) => sum + (r - mean) ** 2, 0) / finite.length;
  const nearest = firstEpisodes(anchor, matureAt, NEAREST_EPISODES);
  return {
    matured,
    count: finite.length,
    residual: mean,
    dispersion: Math.sqrt(square),
    distance: nearest.reduce((sum, i) => sum + distance[i]!, 0) / nearest.length,
    episodes: nearest.length,
  };
}

/** Places of the first `most` rows that are of no episode chosen before. Rows nearest first. */
export function firstEpisodes(anchor: Float64Array, matureAt: Float64Array, most: number): number[] {
  const chosen: number[] = [];
  for (let i = 0; i < anchor.length && chosen.length < most; i++) {
    const told = chosen.some((c) => sameEpisode(anchor[c]!, matureAt[c]!, anchor[i]!, matureAt[i]!));
    if (!told) chosen.push(i);
  }
  return chosen;
}
