import { meanWithError, type MeanWithError } from "../../math/scores/mean-with-error.ts";
import { rankCorrelation } from "../../math/scores/rank-correlation.ts";
import type { RangeModel } from "./range-models.ts";
import type { RangePanel } from "./range-panel.ts";
import type { Fold } from "./walk-forward-split.ts";

/** Share of decisions, the boldest, that a trade is counted for. */
const BOLDEST = 0.1;

/** Of what use forecasts of a return are, over the folds; the fold is the honest unit. */
export interface DirectionScore {
  readonly model: string;
  /** Rank correlation of forecast and outcome, within each series, averaged over them. */
  readonly ic: MeanWithError;
  /** Share of decisions whose sign was right, of those where forecast and outcome have one. */
  readonly hit: MeanWithError;
  /** What following the sign of the boldest tenth of all forecasts earned per decision, log return before any cost. */
  readonly gross: MeanWithError;
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
    const scores = folds.map((fold) => foldScore(panel, fold, model.forecast(panel, fold)));
    const over = (pick: (score: FoldDirection) => number): MeanWithError => meanWithError(scores.map(pick));
    return {
      model: model.name,
      ic: over(({ ic }) => ic),
      hit: over(({ hit }) => hit),
      gross: over(({ gross }) => gross),
    };
  });
}

interface FoldDirection {
  readonly ic: number;
  readonly hit: number;
  readonly gross: number;
}

function foldScore(panel: RangePanel, { test }: Fold, forecast: Float64Array): FoldDirection {
  const y = Float64Array.from(test, (i) => panel.target[i]!);
  const samples = Array.from(test.keys());
  const ics = panel.series.map((_, s) => {
    const own = samples.filter((n) => panel.of[test[n]!] === s);
    const take = (values: Float64Array): Float64Array => Float64Array.from(own, (n) => values[n]!);
    return rankCorrelation(take(forecast), take(y)) || 0;
  });
  const signed = samples.filter((n) => forecast[n] !== 0 && y[n] !== 0);
  const right = signed.filter((n) => Math.sign(forecast[n]!) === Math.sign(y[n]!)).length;
  const bold = samples
    .toSorted((a, b) => Math.abs(forecast[b]!) - Math.abs(forecast[a]!))
    .slice(0, Math.ceil(BOLDEST * samples.length));
  const earned = bold.reduce((sum, n) => sum + Math.sign(forecast[n]!) * y[n]!, 0);
  return {
    ic: ics.reduce((sum, ic) => sum + ic, 0) / ics.length,
    hit: signed.length > 0 ? right / signed.length : 0.5,
    gross: earned / bold.length,
  };
}
