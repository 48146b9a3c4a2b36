import type { SeriesKey } from "../../candles/candle-series.ts";

/** Labels that a trust report scores. */
export const TRUST_LABELS = ["return", "logAtrRatio"] as const;
export type TrustLabel = (typeof TRUST_LABELS)[number];

/**
 * Who states a distribution: the whole answer, the answer without its recall part, and the plain baselines of the
 * same run. `harClock` is HAR with the hour of the week (day of the week for daily bars) on the market's own clock,
 * fitted per symbol; `har` is the same without a clock.
 */
export const TRUST_METHODS = [
  "recall",
  "withoutRecall",
  "harClock",
  "har",
  "persistence",
  "climatology",
] as const;
export type TrustMethod = (typeof TRUST_METHODS)[number];

/** A mean over past answers with its block-bootstrap interval; the ends are null with too few blocks. */
export interface Estimated {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** Central bands by their nominal coverage in percent. */
export interface ByBand<T> {
  readonly "50": T;
  readonly "80": T;
  readonly "90": T;
}

export interface MethodScores {
  readonly method: TrustMethod;
  /** In words, such as `HAR + hour of week`. */
  readonly name: string;
  /** Continuous ranked probability score, from the seven quantiles; lower is better. */
  readonly crps: Estimated;
  /** Mean pinball loss over the seven levels. */
  readonly pinball: Estimated;
  readonly coverage: ByBand<Estimated>;
  readonly intervalScore: ByBand<Estimated>;
}

/** The answer against one other method. */
export interface Comparison {
  readonly method: TrustMethod;
  /** CRPS of the answer / CRPS of the other; below 1 the answer is better. */
  readonly ratio: Estimated;
  /** Diebold-Mariano, two-sided, losses averaged per instant first; null with too few. */
  readonly p: number | null;
}

/** How often outcomes lay at or below the quantile of a level. */
export interface ReliabilityPoint {
  readonly level: number;
  readonly observed: Estimated;
}

export interface LabelScores {
  readonly label: TrustLabel;
  /** In the order of TRUST_METHODS. */
  readonly methods: readonly MethodScores[];
  readonly against: readonly Comparison[];
  readonly reliability: Readonly<Record<TrustMethod, readonly ReliabilityPoint[]>>;
}

/** Mean CRPS by label and method. */
export type MeanCrps = Readonly<Record<TrustLabel, Readonly<Record<TrustMethod, number>>>>;

/** One stretch of time (a calendar year, quarter or month in UTC), for coverage over time. */
export interface TrustPeriod {
  readonly from: string;
  readonly to: string;
  readonly asked: number;
  readonly answered: number;
  /** Null where nothing was answered. */
  readonly coverage: Readonly<Record<TrustLabel, ByBand<number>>> | null;
  readonly crps: MeanCrps | null;
}

/**
 * One past answer to look at. Quantiles at recall's LEVELS. Best and worst are those that gained and lost most against
 * climatology, in units of its mean CRPS for the series; no two of them overlap in time.
 */
export interface TrustExample extends SeriesKey {
  readonly anchor: string;
  readonly matureAt: string;
  readonly quantiles: Readonly<Record<TrustLabel, readonly number[]>>; // each [7]
  readonly outcome: Readonly<Record<TrustLabel, number>>;
  /** CRPS of `return`, of the answer, of the answer without its recall part, and of climatology. */
  readonly crps: { readonly recall: number; readonly withoutRecall: number; readonly climatology: number };
}

/** How far the answers of a memory could be trusted: past anchors, each asked strictly as of its own time. */
export interface TrustReport {
  readonly schema: "rhyme.trust/1";
  readonly tenant: string;
  readonly horizon: string;
  readonly refit: "never" | "yearly";
  readonly seed: number;
  /** First and last anchor asked. */
  readonly from: string;
  readonly to: string;
  readonly series: readonly (SeriesKey & {
    readonly calendar: string;
    readonly asked: number;
    readonly answered: number;
    /** Null where nothing was answered. */
    readonly crps: MeanCrps | null;
  })[];
  readonly folds: readonly {
    readonly from: string;
    readonly to: string;
    readonly encoder: { readonly version: string; readonly knownAt: string };
    readonly asked: number;
    readonly answered: number;
  }[];
  /** Anchors asked whose outcome is known, of them answered and scored, and the share that abstained. */
  readonly asked: number;
  readonly answered: number;
  readonly abstentions: number;
  /** Answered, and not scored: a baseline had too little history, or a label has no value. */
  readonly unscored: number;
  /** Anchors asked whose outcome is not known yet, and whose outcome never will be: a bar is missing. Not scored. */
  readonly pending: number;
  readonly missing: number;
  /** What the methods would have scored where recall abstained; null where too few had all numbers to tell (20). */
  readonly whenAbstained: { readonly rows: number; readonly crps: MeanCrps } | null;
  /** Answers whose horizons do not overlap in time, whatever their symbol. */
  readonly effective: number;
  readonly bootstrap: { readonly resamples: number; readonly blocks: number; readonly coverage: number };
  readonly labels: Readonly<Record<TrustLabel, LabelScores>>;
  readonly periods: readonly TrustPeriod[];
  readonly best: readonly TrustExample[];
  readonly worst: readonly TrustExample[];
  /** The verdict in words. */
  readonly sentence: string;
}
