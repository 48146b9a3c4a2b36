import { correlation } from "../../math/scores/correlation.ts";
import { meanWithError, type MeanWithError } from "../../math/scores/mean-with-error.ts";
import type { EpochMs } from "../../time/units.ts";
import type { NeighbourForecasts } from "./neighbour-forecasts.ts";

/** What is believed of the neighbours: as much as design section 7 found best on other data, never fitted here. */
const BELIEF = 0.5;

/** What neighbours are worth in one stretch of time. */
export interface NeighbourBlock {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly questions: number;
  /** 1 − Σ(outcome − base − residual / 2)² / Σ(outcome − base)²: squared error that they save the plain forecast. */
  readonly saved: number;
  /** Correlation of what followed the neighbours with what followed. */
  readonly followed: number;
  /** Correlation of their surprise with the surprise: 0 where they know nothing beyond the plain forecast. */
  readonly surprise: number;
  /** Correlation of the plain forecast with what followed: what `followed` is held against. */
  readonly base: number;
}

export interface NeighbourScore {
  readonly questions: number;
  readonly blocks: readonly NeighbourBlock[];
  /** Means over blocks with standard errors: moments overlap, so a stretch of time is the honest unit. */
  readonly saved: MeanWithError;
  readonly followed: MeanWithError;
  readonly surprise: MeanWithError;
  readonly base: MeanWithError;
}

/**
 * Scores what neighbours said in `blocks` stretches of time with equally many questions each, so that two
 * scores of the same questions may be compared block by block.
 * @throws RangeError for fewer than three questions per block
 */
export function scoreNeighbours(said: NeighbourForecasts, blocks = 8): NeighbourScore {
  const Q = said.anchor.length;
  if (!(Q >= 3 * blocks)) throw new RangeError(`${blocks} blocks need ${3 * blocks} questions, not ${Q}`);
  const parts = Array.from({ length: blocks }, (_, b) =>
    block(said, Math.floor((b * Q) / blocks), Math.floor(((b + 1) * Q) / blocks)),
  );
  const over = (name: "saved" | "followed" | "surprise" | "base"): MeanWithError =>
    meanWithError(parts.map((part) => part[name]));
  return {
    ...{ questions: Q, blocks: parts, saved: over("saved"), followed: over("followed") },
    ...{ surprise: over("surprise"), base: over("base") },
  };
}

function block(said: NeighbourForecasts, first: number, end: number): NeighbourBlock {
  const [outcome, base] = [said.outcome.subarray(first, end), said.base.subarray(first, end)];
  const [followed, residual] = [said.followed.subarray(first, end), said.residual.subarray(first, end)];
  const surprise = outcome.map((y, i) => y - base[i]!);
  const sum = (errors: Float64Array): number => errors.reduce((total, e) => total + e * e, 0);
  return {
    from: said.anchor[first]!,
    to: said.anchor[end - 1]!,
    questions: end - first,
    saved: 1 - sum(surprise.map((e, i) => e - BELIEF * residual[i]!)) / sum(surprise),
    followed: correlation(followed, outcome),
    surprise: correlation(residual, surprise),
    base: correlation(base, outcome),
  };
}
