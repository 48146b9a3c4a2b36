import { meanVariance } from "../../math/newey-west.ts";
import { studentT } from "../../math/student-t.ts";
import { dependenceLag } from "../../recall/overlap.ts";
import { iso } from "../../time/units.ts";
import { stepMeans, stepsOf } from "../trust/by-instant.ts";
import { isWhole, LOSS, lossesOf, W } from "../trust/losses.ts";
import { TRUST_LABELS, type TrustLabel } from "../trust/trust-report.ts";
import type { TrustRows } from "../trust/trust-rows.ts";

/** Least instants of a span; with fewer a coverage of 0.8 is off by more than 0.04 by chance alone. */
const FEWEST = 100;
const MOST = 500;
/** Of all tests of one report together (Bonferroni): one false alarm in a hundred nights without drift, at most. */
export const DRIFT_ALPHA = 0.01;

/** A figure of the newest span beside the one before, and the chance of a difference as bad where nothing changed. */
export interface Shift {
  readonly before: number;
  readonly newest: number;
  /** Null where nothing varies. */
  readonly p: number | null;
}

export interface TrustDrift {
  readonly horizon: string;
  /** Instants asked in each of the two spans, one after the other. */
  readonly instants: number;
  readonly before: { readonly from: string; readonly to: string };
  readonly newest: { readonly from: string; readonly to: string };
  readonly labels: Readonly<
    Record<
      TrustLabel,
      {
        /** CRPS of the answer less that of climatology, in units of climatology's mean: below 0 the answer is better. */
        readonly skill: Shift;
        /** Share of outcomes inside the 80 % band. */
        readonly coverage80: Shift;
      }
    >
  >;
}

/**
 * Whether answers have become worse: the newest scored instants (at most 500) against as many before them. Two-sample
 * test of the means with variances of Newey & West (1987) at the lag of the trust report and Student's t: one-sided
 * for the skill (worse), two-sided for the coverage. What lies between two answers of one instant is averaged first.
 * Null where a span would have fewer than 100 instants.
 */
export function trustDrift(rows: TrustRows, horizon: string): TrustDrift | null {
  const scored = Int32Array.from(rows.anchor.keys()).filter(
    (row) => rows.abstained[row] === 0 && isWhole(rows, row),
  );
  const column = (of: Float64Array): Float64Array => Float64Array.from(scored, (row) => of[row]!);
  const [anchor, matureAt] = [column(rows.anchor), column(rows.matureAt)];
  const steps = stepsOf(anchor, matureAt);
  const span = Math.min(MOST, Math.floor(steps.count / 2));
  if (span < FEWEST) return null;
  const instants = [...new Set(anchor)];
  const [first, middle] = [steps.count - 2 * span, steps.count - span];
  const told = (from: number, to: number): { from: string; to: string } => ({
    from: iso(instants[from]!),
    to: iso(instants[to - 1]!),
  });
  const losses = lossesOf(rows, scored);
  const lag = dependenceLag(steps.overlap, span);
  const labelOf = (label: TrustLabel): TrustDrift["labels"][TrustLabel] => {
    const per = (method: "recall" | "climatology", loss: number): Float64Array =>
      stepMeans(
        steps,
        Float64Array.from(scored, (_, i) => losses[label][method][i * W + loss]!),
      ).subarray(first);
    const [ours, climatology] = [per("recall", LOSS.crps), per("climatology", LOSS.crps)];
    const unit = climatology.reduce((sum, loss) => sum + loss, 0) / climatology.length;
    const skill = ours.map((loss, i) => (loss - climatology[i]!) / unit);
    const coverage = per("recall", LOSS.inside + 1); // 80 % is the middle one of the three bands
    return { skill: shiftOf(skill, span, lag, "worse"), coverage80: shiftOf(coverage, span, lag, "either") };
  };
  return {
    ...{ horizon, instants: span, before: told(first, middle), newest: told(middle, steps.count) },
    labels: Object.fromEntries(TRUST_LABELS.map((label) => [label, labelOf(label)])) as TrustDrift["labels"],
  };
}

/** Tests of which one beyond DRIFT_ALPHA / their number is an alarm. */
export function shiftsOf({ labels }: TrustDrift): readonly (Shift & { readonly name: string })[] {
  return TRUST_LABELS.flatMap((label) => [
    { name: `skill of ${label}`, ...labels[label].skill },
    { name: `coverage of ${label}`, ...labels[label].coverage80 },
  ]);
}

/** @param values both spans, one after the other; larger is worse */
function shiftOf(values: Float64Array, span: number, lag: number, side: "worse" | "either"): Shift {
  const spans = [values.subarray(0, span), values.subarray(span)];
  const [before, newest] = spans.map((part) => part.reduce((sum, value) => sum + value, 0) / span) as [
    number,
    number,
  ];
  const variance = spans.reduce((sum, part) => sum + meanVariance(part, lag), 0);
  if (!(variance > 0)) return { before, newest, p: null };
  const higher = studentT((before - newest) / Math.sqrt(variance), span - 1); // chance of a rise as large
  return { before, newest, p: side === "worse" ? higher : 2 * Math.min(higher, 1 - higher) };
}
