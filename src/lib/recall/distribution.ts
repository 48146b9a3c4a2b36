import type { Answer } from "./answer.ts";
import { LEVEL_NAMES } from "./answer.ts";
import { calibrate, type CalibratedQuantiles } from "./conformal.ts";
import type { Estimate } from "./estimate.ts";
import { fromNames } from "./ledger.ts";
import type { Past } from "./past.ts";
import { QUANTILE_LABELS } from "./record-type.ts";

type Distribution = NonNullable<Answer["distribution"]>;

/**
 * What to expect of every label. `roc` and `atr` are exact functions of `return` and `logAtrRatio`, so their
 * quantiles are too and the answer cannot contradict itself. Direction and barrier are the shares seen in the
 * matured past of the symbol: frequencies, not conformally checked, and marked so. Null when abstained, and
 * where a quantile is more than a number can hold.
 */
export function distributionOf(made: Estimate, atrNow: number, past: Past | null): Distribution | null {
  if (!made.tables || made.reasons.length > 0) return null;
  const labels = fromNames(QUANTILE_LABELS, (label) =>
    calibrate(past, `recall.${label}`, made.raw[`recall.${label}`]),
  );
  const quantiles = {
    ...fromNames(QUANTILE_LABELS, (label) => stated(labels[label])),
    roc: stated(labels.return, Math.expm1),
    atr: stated(labels.logAtrRatio, (ratio) => atrNow * Math.exp(ratio)),
  };
  if (!Object.values(quantiles).every((one) => Object.values(one.quantiles).every(Number.isFinite)))
    return null;
  return {
    ...quantiles,
    direction: { probabilities: made.tables.direction, calibrated: false },
    barrier: { probabilities: made.tables.barrier, calibrated: false },
  };
}

function stated(from: CalibratedQuantiles, map: (q: number) => number = (q) => q): Distribution["return"] {
  const quantiles = Object.fromEntries(LEVEL_NAMES.map((name, i) => [name, map(from.quantiles[i]!)]));
  return { quantiles: quantiles as Distribution["return"]["quantiles"], calibrated: from.calibrated };
}
