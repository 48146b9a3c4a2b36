import { meanWithError, type MeanWithError } from "../../math/scores/mean-with-error.ts";
import { rankCorrelation } from "../../math/scores/rank-correlation.ts";
import type { RangeModel } from "./range-models.ts";
import type { RangePanel } from "./range-panel.ts";
import type { Fold } from "./walk-forward-split.ts";

/** Share of forecasts, the boldest, that a trade is counted for. */
const BOLDEST = 0.1;

/** Of what use forecasts of a return are, over the folds; the fold is the honest unit. */
export interface DirectionScore {
  readonly model: string;
  /** Rank correlation of forecast and outcome, within each series, averaged over them. */
  readonly ic: MeanWithError;
  /** Share of decisions whose sign was right, of those where forecast and outcome have one. */
  readonly hit: MeanWithError;
  /**
   * What following the sign of bold forecasts earned per decision, log return before any cost: those at least as far
   * from 0 as the boldest tenth of what the same model says of its own training, series by series. 0 without any.
   */
  readonly gross: MeanWithError;
  readonly folds: readonly FoldDirection[];
}

/** The same of one fold. */
export interface FoldDirection {
  readonly fold: string;
  readonly ic: number;
  readonly hit: number;
  readonly gross: number;
  /** Share of the test samples that were bold; a tenth only where forecasts go on as they were in training. */
  readonly bold: number;
}

/**
 * Scores forecasts of the returns of a `returnPanel`, all on the same test samples. A forecast that does not vary
 * within a series has no rank correlation there, and counts as 0.
 */
export function judgeDirections(
  panel: RangePanel,
  folds: readonly Fold[],
  models: readonly RangeModel[],
): readonly DirectionScore[] {
  return models.map((model) => {
    const scores = folds.map((fold) => foldScore(panel, fold, model));
    const over = (pick: (score: FoldDirection) => number): MeanWithError => meanWithError(scores.map(pick));
    return {
      model: model.name,
      ic: over(({ ic }) => ic),
      hit: over(({ hit }) => hit),
      gross: over(({ gross }) => gross),
      folds: scores,
    };
  });
}

function foldScore(panel: RangePanel, fold: Fold, model: RangeModel): FoldDirection {
  const { train, test } = fold;
  // Asked about what trained it too, in one go, so that it is fitted once.
  const asked = new Int32Array(train.length + test.length);
  asked.set(train);
  asked.set(test, train.length);
  const said = model.forecast(panel, { ...fold, test: asked });
  const [trained, forecast] = [said.subarray(0, train.length), said.subarray(train.length)];
  const y = Float64Array.from(test, (i) => panel.target[i]!);
  const bySeries = panel.series.map((_, s) => {
    const of = (samples: Int32Array, values: Float64Array): Float64Array =>
      values.filter((_value, n) => panel.of[samples[n]!] === s);
    const [own, outcome] = [of(test, forecast), of(test, y)];
    return { ic: rankCorrelation(own, outcome) || 0, earned: boldest(own, outcome, of(train, trained)) };
  });
  const earned = bySeries.flatMap((one) => one.earned);
  const signed = y.filter((outcome, n) => forecast[n] !== 0 && outcome !== 0).length;
  const right = y.filter((outcome, n) => Math.sign(forecast[n]!) * Math.sign(outcome) > 0).length;
  return {
    fold: fold.name,
    ic: bySeries.reduce((sum, { ic }) => sum + ic, 0) / bySeries.length,
    hit: signed > 0 ? right / signed : 0.5,
    gross: earned.reduce((sum, one) => sum + one, 0) / Math.max(1, earned.length),
    bold: earned.length / Math.max(1, test.length),
  };
}

/** What each forecast earned that is as bold as a tenth of those over the training are; chosen as it comes, one by one. */
function boldest(forecast: Float64Array, outcome: Float64Array, trained: Float64Array): readonly number[] {
  const sizes = trained.map(Math.abs).sort();
  const least = sizes[sizes.length - Math.ceil(BOLDEST * sizes.length)] ?? Infinity;
  const earned: number[] = [];
  forecast.forEach((f, n) => Math.abs(f) >= least && earned.push(Math.sign(f) * outcome[n]!));
  return earned;
}
