import type { Rng } from "./rng.ts";

// T steps of time, S statistics, B resamples

export interface BlockBootstrap {
  /** Steps per block: what lies within one stays together. */
  readonly blockLength: number;
  readonly resamples: number;
  readonly rng: Rng;
}

/**
 * Sums of S statistics over resampled time, by the circular block bootstrap (Politis & Romano 1992): each resample
 * draws whole blocks of neighbouring steps, the last cut so that T steps come together; time runs on from its end to
 * its beginning, so that every step is as likely as any other. Rows are resampled together, so statistics of one
 * resample may be divided by each other.
 * @param sums [T, S] row-major
 * @returns [B, S] row-major
 */
export function blockBootstrap(
  sums: Float64Array,
  statistics: number,
  { blockLength, resamples, rng }: BlockBootstrap,
): Float64Array {
  const steps = sums.length / statistics;
  const before = runningSums(sums, statistics);
  const out = new Float64Array(resamples * statistics);
  const total = steps * statistics;
  for (let b = 0; b < resamples; b++) {
    for (let left = steps; left > 0; left -= blockLength) {
      const from = rng.int(steps);
      const to = from + Math.min(blockLength, left);
      const wrapped = to > steps;
      for (let s = 0; s < statistics; s++) {
        const upTo = wrapped
          ? before[total + s]! + before[(to - steps) * statistics + s]!
          : before[to * statistics + s]!;
        out[b * statistics + s]! += upTo - before[from * statistics + s]!;
      }
    }
  }
  return out;
}

/** Sums of all steps before each, and at last of all. [T + 1, S] */
function runningSums(sums: Float64Array, statistics: number): Float64Array {
  const out = new Float64Array(sums.length + statistics);
  for (let i = 0; i < sums.length; i++) out[i + statistics] = out[i]! + sums[i]!;
  return out;
}
