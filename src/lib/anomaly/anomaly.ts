import type { SeriesKey } from "../candles/candle-series.ts";
import type { Horizon } from "../time/horizon.ts";
import type { EpochMs } from "../time/units.ts";
import type { Surprise } from "./residual-columns.ts";

/** What is unusual about a moment. */
export const KINDS = ["distance", "residual"] as const;
export type AnomalyKind = (typeof KINDS)[number];

/** A score with the share of past moments that scored at least as high; null where nothing could be said. */
export interface Calibrated {
  readonly score: number | null;
  readonly pValue: number | null;
}

/** A past moment beside the one that is judged. Its p-value is held against the same past as that one's, without itself. */
export interface PastMoment {
  readonly id: string;
  readonly anchor: EpochMs;
  /** 1 − cosine from the moment that is judged. */
  readonly distance: number;
  readonly pValue: number;
}

/** How unlike its past one moment is, as of its own anchor. */
export interface Judgement extends SeriesKey {
  readonly id: string;
  readonly anchor: EpochMs;
  readonly encoderVersion: string;
  readonly horizon: Horizon;
  /** Mean distance of the nearest episodes of its own symbol whose outcome was known by then. */
  readonly distance: Calibrated;
  /** Of the masked reconstruction, with the feature that differs most. */
  readonly residual: Calibrated & { readonly largest: Surprise | null };
  /** Both as one (p-value.ts); null where neither could be said. */
  readonly pValue: number | null;
  /** The one with the smaller p-value; distance where they are equal. */
  readonly kind: AnomalyKind | null;
  readonly alpha: number;
  /** p-value ≤ alpha. */
  readonly anomalous: boolean;
  /** The past moments that it was held against, by their anchors. */
  readonly calibration: {
    readonly count: number;
    readonly from: EpochMs | null;
    readonly to: EpochMs | null;
  };
}

/** A judgement with what it is like and unlike. */
export interface ComparedJudgement extends Judgement {
  /** Of the moments that it was held against and its neighbours: p-value > alpha, and ≤ alpha (companions.ts). */
  readonly nearestNormal: PastMoment | null;
  readonly nearestAnomalous: PastMoment | null;
}
