import type { CandleSeries } from "../candles/candle-series.ts";
import { byTimeframe } from "../candles/resample.ts";
import type { Encoder } from "../encoder/encoder.ts";
import type { FitCheckpoint, FitProgress, LossPoint, Tf } from "../encoder/family.ts";
import { gnnFamily } from "../encoder/gnn/gnn-family.ts";
import type { ObjectiveOptions, SingleObjectiveOptions } from "../encoder/objective-options.ts";
import { DEFAULT_FEATURES, featureSetByName } from "../features/feature-sets.ts";
import { featureTables } from "../features/feature-table.ts";
import { defaultDesign } from "../graph/design.ts";
import { sortTimeframes, type Timeframe } from "../time/timeframe.ts";
import type { EpochMs } from "../time/units.ts";
import { fittable } from "./fit-encoder.ts";
import type { FitFile, FitObjective } from "./fit-file.ts";
import { futureTargets, residualTargets } from "./fit-targets.ts";

export interface FitByFileOptions {
  readonly tf: Tf;
  /** The end of the fold: features, labels and baselines see nothing that was not known by then. */
  readonly until: EpochMs;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: FitProgress) => void | Promise<void>;
  readonly checkpoint?: FitCheckpoint;
}

export interface FittedByFile {
  readonly encoder: Encoder;
  /** The options as they were used: timeframes and features written out. */
  readonly file: FitFile;
  readonly curve: readonly LossPoint[];
}

/**
 * Fits an encoder as one file of options says, on what was known of these series by `until`. Labels of contrast and
 * residuals are made from the same candles.
 * @throws RhymeError "input" where too little was known; "usage" for options that make no sense together
 */
export async function fitByFile(
  candles: readonly CandleSeries[],
  file: FitFile,
  { tf, until, ...more }: FitByFileOptions,
): Promise<FittedByFile> {
  const timeframes = sortTimeframes(file.timeframes ?? [candles[0]!.timeframe]);
  const features = file.features ?? DEFAULT_FEATURES;
  const featureSet = featureSetByName(features);
  const known = fittable(candles, until).map((series) => byTimeframe(series, timeframes));
  const base = known.map((series) => series[timeframes[0]!]!);
  const { layer, design, objective, ...sizes } = file;
  const { heads, layers, hidden, dim, readout, seed, steps, learningRate, warmUpSteps } = sizes;
  const { clipNorm, chunkNodes, validationShare, evaluateEvery, patience } = sizes;
  let curve: readonly LossPoint[] = [];
  const encoder = await gnnFamily(layer).fit(
    known.map((series) => featureTables(featureSet, series)),
    {
      ...{ tf, featureSet, design: designOf(timeframes, design), fitUntil: until, ...more },
      ...{ heads, layers, hidden, dim, readout, seed, steps, learningRate, warmUpSteps, clipNorm },
      ...{ chunkNodes, validationShare, evaluateEvery, patience },
      objective: objectiveFor(objective, base),
      onTrained: (points) => (curve = points),
    },
  );
  return { encoder, file: { ...file, timeframes: [...timeframes], features }, curve };
}

function designOf(
  timeframes: readonly Timeframe[],
  given: FitFile["design"],
): ReturnType<typeof defaultDesign> {
  const said = Object.entries(given).filter(([, value]) => value !== undefined);
  return defaultDesign(timeframes, Object.fromEntries(said));
}

/** The objective with its targets, made from the base candles of each series. */
function objectiveFor(objective: FitObjective, base: readonly CandleSeries[]): ObjectiveOptions {
  if (objective.kind !== "mixture") return single(objective, base);
  const parts = objective.parts.map(({ weight, objective: part }) => ({
    weight,
    objective: single(part, base),
  }));
  return { kind: "mixture", parts };
}

function single(
  objective: Exclude<FitObjective, { readonly kind: "mixture" }>,
  base: readonly CandleSeries[],
): SingleObjectiveOptions {
  switch (objective.kind) {
    case "contrast": {
      const { horizons, ...plain } = objective;
      return { ...plain, future: base.map((candles) => futureTargets(candles, horizons)) };
    }
    case "residual": {
      const { horizons, ...plain } = objective;
      return { ...plain, residuals: base.map((candles) => residualTargets(candles, horizons)) };
    }
    case "reconstruction":
    case "vicreg":
      return objective;
  }
}
