import { RhymeError } from "../../errors.ts";
import { meanWithError, type MeanWithError } from "../../math/scores/mean-with-error.ts";
import { qlike } from "../../math/scores/qlike.ts";
import { meanTarget, type RangeModel } from "./range-models.ts";
import type { RangePanel } from "./range-panel.ts";
import type { Fold } from "./walk-forward-split.ts";

/** What one model is worth in one fold, over the test samples of all series together. */
export interface FoldScore {
  readonly fold: string;
  readonly samples: number;
  /** 1 − Σ(y − forecast)² / Σ(y − training mean)², y the log range. */
  readonly r2: number;
  /** Mean of QLIKE of the ranges themselves, exp y against exp forecast. */
  readonly qlike: number;
}

export interface RangeScore {
  readonly model: string;
  readonly folds: readonly FoldScore[];
  /** Mean over folds and its standard error, the fold being the honest unit: samples overlap and series move together. */
  readonly r2: MeanWithError;
  readonly qlike: MeanWithError;
}

/**
 * Scores models on the folds of a panel, all on the same test samples.
 * @throws RhymeError "input" where a fold has nothing to train or test on, or a model says nothing at a test sample
 */
export function judgeRanges(
  panel: RangePanel,
  folds: readonly Fold[],
  models: readonly RangeModel[],
): readonly RangeScore[] {
  folds.forEach(assertFilled);
  return models.map((model) => {
    const scores = folds.map((fold) => foldScore(panel, fold, model));
    return {
      model: model.name,
      folds: scores,
      r2: meanWithError(scores.map((score) => score.r2)),
      qlike: meanWithError(scores.map((score) => score.qlike)),
    };
  });
}

function foldScore(panel: RangePanel, fold: Fold, model: RangeModel): FoldScore {
  const forecast = model.forecast(panel, fold);
  const mean = meanTarget(panel, fold.train);
  let [missed, spread, loss] = [0, 0, 0];
  fold.test.forEach((i, n) => {
    const y = panel.target[i]!;
    missed += (y - forecast[n]!) ** 2;
    spread += (y - mean) ** 2;
    loss += qlike(Math.exp(forecast[n]!), Math.exp(y));
  });
  if (Number.isNaN(missed)) throw silent(model, fold, forecast);
  const samples = fold.test.length;
  return { fold: fold.name, samples, r2: 1 - missed / spread, qlike: loss / samples };
}

function assertFilled({ name, train, test }: Fold): void {
  if (train.length > 0 && test.length > 0) return;
  throw new RhymeError("input", {
    place: `fold ${name}`,
    expected: "samples to train and to test on",
    received: `${train.length} and ${test.length}`,
    remedy: "Choose test blocks within the history, the first after some of it",
  });
}

function silent({ name }: RangeModel, fold: Fold, forecast: Float64Array): RhymeError {
  const count = forecast.reduce((sum, f) => sum + (Number.isNaN(f) ? 1 : 0), 0);
  return new RhymeError("input", {
    place: `${name}, fold ${fold.name}`,
    expected: `a forecast at each of ${fold.test.length} test samples`,
    received: `none at ${count}`,
    remedy: "Leave samples out for all models alike, or make the model speak",
  });
}
