import { BANDS, MEDIAN, fromLine, toLine } from "./bands.ts";
import { effectiveCount } from "./overlap.ts";
import { gather, type Past } from "./past.ts";
import type { Prediction, QuantileLabel } from "./record-type.ts";

const FEWEST_ROWS = 50;
/** Of them, how many must not overlap. */
const FEWEST_EFFECTIVE = 20;

export interface CalibratedQuantiles {
  readonly quantiles: Float64Array; // [7] at LEVELS, ascending
  readonly calibrated: boolean;
}

/**
 * Split conformal calibration of central bands (Vovk et al. 2005; normalised scores as in Lei et al. 2018): each
 * band's distance from the median is multiplied by the ⌈(n + 1)·coverage⌉-th smallest of the factors that past
 * answers of the same kind would have needed. Outer bands are never inside inner ones. The median stays.
 * Without 50 past answers, 20 of them free of overlap, quantiles come back as they were, `calibrated: false`.
 */
export function calibrate(past: Past | null, prediction: Prediction, raw: Float64Array): CalibratedQuantiles {
  const factors = past && bandFactors(past, prediction);
  if (!factors || raw.some((q) => !Number.isFinite(q))) return { quantiles: raw, calibrated: false };
  const label = prediction.slice(prediction.indexOf(".") + 1) as QuantileLabel;
  const middle = toLine(label, raw[MEDIAN]!);
  const quantiles = Float64Array.from(raw);
  let [below, above] = [0, 0];
  BANDS.forEach(({ low, high }, band) => {
    below = Math.max(below, factors[band]! * (middle - toLine(label, raw[low]!)));
    above = Math.max(above, factors[band]! * (toLine(label, raw[high]!) - middle));
    quantiles[low] = fromLine(label, middle - below);
    quantiles[high] = fromLine(label, middle + above);
  });
  return { quantiles, calibrated: true };
}

/** One factor per band, or null where the past is too short. */
function bandFactors(past: Past, prediction: Prediction): readonly number[] | null {
  const { scores, moments, matureAt } = past.ledger;
  const columns = scores[prediction];
  const usable = (r: number): boolean => moments.abstained[r] === 0 && !Number.isNaN(columns[0]![r]!);
  const anchor = gather(past, moments.anchor, usable);
  if (anchor.length < FEWEST_ROWS) return null;
  if (effectiveCount(anchor, gather(past, matureAt, usable)) < FEWEST_EFFECTIVE) return null;
  const factors = BANDS.map(({ coverage }, band) => {
    const sorted = gather(past, columns[band]!, usable).sort();
    return sorted[Math.ceil((sorted.length + 1) * coverage) - 1] ?? Infinity;
  });
  return factors.every(Number.isFinite) ? factors : null;
}
