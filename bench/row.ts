/** One measurement. `theirs`, `against` and `ratio` are null where there is no peer. */
export interface BenchRow {
  readonly work: string;
  readonly ours: number;
  readonly theirs: number | null;
  readonly unit: string;
  readonly against: string | null;
  /** How many times better than the peer, so that more is better whatever the unit. */
  readonly ratio: number | null;
  readonly target: string;
  readonly ok: boolean;
  /** What a reader must know beside the figures: spread, sizes, the largest difference of two results. */
  readonly notes: string;
}

/** One file of this folder: a piece of work with the alternative that a user would pick. */
export interface BenchWork {
  readonly name: string;
  /** Only with `--full`. */
  readonly heavy?: boolean;
  readonly run: () => Promise<readonly BenchRow[]>;
}

/** Times of repeated work in ms, ascending; the first `warmUp` runs are not counted. */
export async function timed(
  rounds: number,
  work: (round: number) => unknown,
  warmUp = 1,
): Promise<readonly number[]> {
  const times: number[] = [];
  for (let round = -warmUp; round < rounds; round++) {
    const start = performance.now();
    await work(round);
    if (round >= 0) times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b);
}

/** Nearest-rank quantile of ascending times. */
export function quantileOf(times: readonly number[], p: number): number {
  return times[Math.max(0, Math.ceil(p * times.length) - 1)]!;
}

export const median = (times: readonly number[]): number => quantileOf(times, 0.5);

/** Four significant digits: the rest is noise. */
export const digits = (value: number): number => Number(value.toPrecision(4));

export const peakRssMb = (): number => Math.round(process.resourceUsage().maxRSS / 1024);
