import { chanceOf } from "../../math/scores/chance-of.ts";
import { meanWithError, type MeanWithError } from "../../math/scores/mean-with-error.ts";

// F folds, W walks

/** How far a score lies from what it is where there is nothing to know. */
export interface BeyondWalks {
  /** Mean over walks. */
  readonly walks: number;
  /** Mean over folds of the score less the mean of the walks in that fold. */
  readonly beyond: MeanWithError;
  /** The chance of that, or farther on either side, were there nothing to know; all guesses counted. NaN for one fold. */
  readonly p: number;
}

/**
 * Holds scores by fold against those of the same guess on walks without direction, fold by fold: within a fold a guess
 * that follows past returns has no score of 0 even there. The error over folds has both in it, the spread of the score
 * over folds and that of the walks' mean, however few walks there are, since each fold has tosses of its own. Student's
 * t with F − 1 degrees of freedom, times the guesses that were made (Bonferroni).
 * @param scores [F]
 * @param walks [W][F]
 * @throws RangeError without walks, or where they have other folds
 */
export function beyondWalks(
  scores: readonly number[],
  walks: readonly (readonly number[])[],
  guesses: number,
): BeyondWalks {
  const odd = walks.find((walk) => walk.length !== scores.length);
  if (walks.length === 0 || odd)
    throw new RangeError(`${scores.length} folds need walks of as many, not ${odd?.length ?? "none"}`);
  const nothing = scores.map((_, f) => walks.reduce((sum, walk) => sum + walk[f]! / walks.length, 0));
  const beyond = meanWithError(scores.map((score, f) => score - nothing[f]!));
  return { walks: meanWithError(nothing).mean, beyond, p: chanceOf(beyond, scores.length, guesses) };
}
