import { meanVariance } from "../math/newey-west.ts";
import { effectiveCount, overlapLag } from "./overlap.ts";
import { gather, type Past } from "./past.ts";

const FEWEST_EFFECTIVE = 50;
const GRID = 20; // steps of 0.05
/** One-sided 5 % point of the normal distribution. */
const CONVINCING = 1.645;

/**
 * How much of the neighbours' mean residual to believe, learned from past answers: the slope through the origin
 * of what the base forecast missed on what the neighbours had said, both counted from `centre`, the mean miss of
 * all past, which the quantile tables hold already. Clipped to [0, 1], in steps of 0.05.
 *
 * 0 with fewer than 50 answers whose horizons do not overlap, and 0 unless the slope is convincingly positive:
 * overlapping answers repeat each other, so its error is Newey-West with the overlap as lag. Without that gate
 * half of all useless memories would get a weight.
 */
export function shrinkage(past: Past): number {
  const { moments, outcomes, matureAt } = past.ledger;
  const usable = (r: number): boolean =>
    moments.abstained[r] === 0 &&
    Number.isFinite(moments.residual[r]! + moments.base[r]! + outcomes.logAtrRatio[r]!);
  const rows = past.rows.filter(usable);
  const anchor = gather(past, moments.anchor, usable);
  const matured = gather(past, matureAt, usable);
  if (effectiveCount(anchor, matured) < FEWEST_EFFECTIVE) return 0;
  const said = Float64Array.from(rows, (r) => moments.residual[r]! - moments.centre[r]!);
  const missed = Float64Array.from(
    rows,
    (r) => outcomes.logAtrRatio[r]! - moments.base[r]! - moments.centre[r]!,
  );
  const square = said.reduce((sum, x) => sum + x * x, 0) / rows.length;
  const product = said.reduce((sum, x, i) => sum + x * missed[i]!, 0) / rows.length;
  if (!(square > 0)) return 0;
  const slope = product / square;
  const moment = said.map((x, i) => x * (missed[i]! - slope * x));
  const error = Math.sqrt(meanVariance(moment, overlapLag(anchor, matured))) / square;
  if (!(slope > CONVINCING * error)) return 0;
  return Math.round(Math.min(slope, 1) * GRID) / GRID;
}
