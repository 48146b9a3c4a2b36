import { blockBootstrap } from "../../math/block-bootstrap.ts";
import { quantileSorted } from "../../math/quantiles.ts";
import type { Rng } from "../../math/rng.ts";
import { fromNames } from "../../recall/ledger.ts";
import type { Steps } from "./by-instant.ts";
import { W, type Losses } from "./losses.ts";
import {
  TRUST_LABELS,
  TRUST_METHODS,
  type Estimated,
  type TrustLabel,
  type TrustMethod,
} from "./trust-report.ts";

/** Of means over time resampled in blocks, this share lies within the stated interval. */
export const INTERVAL = 0.95;
/** With fewer blocks the spread of resamples says little. */
const FEWEST_BLOCKS = 10;
const S = TRUST_LABELS.length * TRUST_METHODS.length * W + 1; // the last: how many rows

export interface Resampled {
  readonly blocks: number;
  mean(label: TrustLabel, method: TrustMethod, column: number): Estimated;
  /** Mean of one method over that of another, of the same resamples. */
  ratio(label: TrustLabel, methods: readonly [TrustMethod, TrustMethod], column: number): Estimated;
}

/**
 * Means of losses with block-bootstrap intervals: percentiles of resamples of whole blocks of time, all symbols of an
 * instant together. Blocks are as long as horizons overlap, and at least √T steps: scores depend on each other for
 * longer than horizons overlap, because quiet and wild times last.
 */
export function resampledLosses(
  losses: Losses,
  steps: Steps,
  options: { readonly resamples: number; readonly rng: Rng },
): Resampled {
  const blockLength = Math.max(steps.overlap + 1, Math.ceil(Math.sqrt(steps.count)));
  const blocks = Math.floor(steps.count / blockLength);
  const sums = stepSums(losses, steps);
  const whole = new Float64Array(S);
  sums.forEach((value, i) => (whole[i % S]! += value));
  const drawn = blocks < FEWEST_BLOCKS ? null : blockBootstrap(sums, S, { ...options, blockLength });
  const estimated = (above: number, below: number): Estimated => {
    const value = whole[above]! / whole[below]!;
    if (!drawn) return { value, low: null, high: null };
    const sorted = Float64Array.from(
      { length: options.resamples },
      (_, b) => drawn[b * S + above]! / drawn[b * S + below]!,
    ).sort();
    const at = (p: number): number => quantileSorted(sorted, p);
    return { value, low: at((1 - INTERVAL) / 2), high: at((1 + INTERVAL) / 2) };
  };
  return {
    blocks,
    mean: (label, method, column) => estimated(place(label, method, column), S - 1),
    ratio: (label, [ours, theirs], column) =>
      estimated(place(label, ours, column), place(label, theirs, column)),
  };
}

const FIRST = fromNames(TRUST_LABELS, (label) =>
  fromNames(
    TRUST_METHODS,
    (method) => (TRUST_LABELS.indexOf(label) * TRUST_METHODS.length + TRUST_METHODS.indexOf(method)) * W,
  ),
);

function place(label: TrustLabel, method: TrustMethod, column: number): number {
  return FIRST[label][method] + column;
}

/** [T, S] */
function stepSums(losses: Losses, { count, stepOf }: Steps): Float64Array {
  const sums = new Float64Array(count * S);
  for (const label of TRUST_LABELS)
    for (const method of TRUST_METHODS)
      stepOf.forEach((t, i) => {
        const at = t * S + FIRST[label][method];
        for (let c = 0; c < W; c++) sums[at + c]! += losses[label][method][i * W + c]!;
      });
  stepOf.forEach((t) => sums[t * S + S - 1]!++);
  return sums;
}
