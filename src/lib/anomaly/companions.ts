import { cosineDistance, dot, inverseNorm } from "../memory/distance.ts";
import type { Pattern } from "../memory/memory.ts";
import type { ComparedJudgement, PastMoment } from "./anomaly.ts";
import type { Calibration } from "./calibration.ts";
import type { Scored } from "./detector.ts";

/**
 * Of past moments the nearest that is normal and the nearest that is not, by one calibration. One from before the
 * calibration began had a shorter past and so larger scores: it may prove normal, never anomalous.
 */
export function companions(
  judged: Pattern,
  moments: readonly Scored[],
  by: Calibration,
  alpha: number,
): Pick<ComparedJudgement, "nearestNormal" | "nearestAnomalous"> {
  let nearestNormal: PastMoment | null = null;
  let nearestAnomalous: PastMoment | null = null;
  const from = by.span.from ?? Infinity;
  for (const scored of moments) {
    const { pValue } = by.judge(scored);
    if (pValue === null) continue;
    const { id, anchor } = scored.pattern;
    const moment = { id, anchor, distance: distanceOf(judged.vector, scored.pattern.vector), pValue };
    if (pValue > alpha) nearestNormal = nearer(nearestNormal, moment);
    else if (anchor >= from) nearestAnomalous = nearer(nearestAnomalous, moment);
  }
  return { nearestNormal, nearestAnomalous };
}

/** Ties by id, as everywhere. */
function nearer(best: PastMoment | null, moment: PastMoment): PastMoment {
  if (best === null || moment.distance < best.distance) return moment;
  return moment.distance === best.distance && moment.id < best.id ? moment : best;
}

function distanceOf(a: Float32Array, b: Float32Array): number {
  const dim = a.length;
  return cosineDistance(dot(a, 0, b, 0, dim), inverseNorm(a, 0, dim), inverseNorm(b, 0, dim));
}
