import type { TrustExample, TrustReport } from "../../evaluation/trust/trust-report.ts";

/** A past answer with the prices around it, as ln(close / close at the anchor). */
export interface Look {
  readonly example: TrustExample;
  /** The way to the anchor, a value per bar, oldest first; the last is the anchor itself, 0. */
  readonly before: readonly number[];
  /** The way on from it, a value per bar; the last is the end of the horizon. */
  readonly after: readonly number[];
}

/** Everything that the page of a trust report shows. */
export interface TrustPageInput {
  readonly report: TrustReport;
  /** Answers to look at, of report.best and report.worst, in their order; those without prices are left out. */
  readonly looks: readonly Look[];
  /** What an honest reader should know: how the encoders were fitted, where the data is odd. */
  readonly notes?: readonly string[];
}
