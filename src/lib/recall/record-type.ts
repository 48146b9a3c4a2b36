import type { SeriesKey } from "../candles/candle-series.ts";
import type { Horizon } from "../time/horizon.ts";
import type { EpochMs } from "../time/units.ts";

/** One number per row; null where there is none (yet). */
export type Column = readonly (number | null)[];

/**
 * What each row says, known at its anchor: `index` counts strides since the encoder was known; `centre` is the
 * mean residual of all matured past; `distance` and `dispersion` are what abstention looks at.
 */
export const MOMENT_COLUMNS = [
  "index",
  "anchor",
  "abstained",
  "atrNow",
  "base",
  "residual",
  "centre",
  "neighbours",
  "shrink",
  "distance",
  "dispersion",
] as const;
export type MomentColumn = (typeof MOMENT_COLUMNS)[number];

/** Labels that are predicted as quantiles of their own; `roc` and `atr` follow from `return` and `logAtrRatio`. */
export const QUANTILE_LABELS = [
  "return",
  "logAtrRatio",
  "realisedVolatility",
  "rvi",
  "maxGain",
  "maxLoss",
] as const;
export type QuantileLabel = (typeof QUANTILE_LABELS)[number];

/** Who predicts `return`: recall, the base forecast alone, today's ATR, and the plain past. */
export const METHODS = ["recall", "base", "persistence", "climatology"] as const;
export type Method = (typeof METHODS)[number];

/** Every prediction that a row keeps. `base` is the answer without its recall part. */
export const PREDICTIONS = [
  "recall.return",
  "recall.logAtrRatio",
  "recall.realisedVolatility",
  "recall.rvi",
  "recall.maxGain",
  "recall.maxLoss",
  "base.return",
  "base.logAtrRatio",
  "persistence.return",
  "climatology.return",
] as const;
export type Prediction = (typeof PREDICTIONS)[number];

/** Predictions whose calibrated quantiles are kept too: what trust scores. */
export const CALIBRATED = [
  "recall.return",
  "recall.logAtrRatio",
  "base.return",
  "base.logAtrRatio",
  "persistence.return",
  "climatology.return",
] as const satisfies readonly Prediction[];
export type Calibrated = (typeof CALIBRATED)[number];

export const RECORD_SCHEMA = "rhyme.record/2";

/**
 * Past moments of one series, each asked as of its own time, with what followed: what calibration, shrinkage,
 * abstention and trust are learned from. Plain data: JSON and back changes nothing. R rows ascending by anchor,
 * only ever appended; outcomes are filled in when they mature.
 */
export interface RecallRecord {
  readonly schema: typeof RECORD_SCHEMA;
  readonly tenant: string;
  readonly series: SeriesKey;
  readonly encoder: { readonly version: string; readonly knownAt: EpochMs };
  readonly horizon: Horizon;
  readonly among: "all" | "same" | readonly string[];
  /** Whose moments could answer when it was last extended: how many of each had matured by `through`. */
  readonly members?: Readonly<Record<string, number>>;
  /** One anchor in every `stride` is a candidate: a quarter of the horizon. */
  readonly stride: number;
  /** Anchors since encoder.knownAt that have been considered, and the last of them. */
  readonly seen: number;
  readonly through: EpochMs | null;
  readonly moments: Readonly<Record<MomentColumn, Column>>; // each [R]
  readonly matureAt: Column; // [R]
  readonly outcomes: Readonly<Record<QuantileLabel, Column>>; // each [R]
  /** Quantiles at LEVELS before calibration, row-major. */
  readonly raw: Readonly<Record<Prediction, Column>>; // each [R, 7]
  /** As it would have been answered: calibrated where that was possible. */
  readonly calibrated: Readonly<Record<Calibrated, Column>>; // each [R, 7]
}
