import { dieboldMariano } from "../../math/scores/diebold-mariano.ts";
import { LEVELS } from "../../recall/answer.ts";
import { fromNames } from "../../recall/ledger.ts";
import { dependenceLag } from "../../recall/overlap.ts";
import { stepMeans, type Steps } from "./by-instant.ts";
import { LOSS, W, type Losses } from "./losses.ts";
import type { Resampled } from "./resampled.ts";
import {
  TRUST_METHODS,
  type ByBand,
  type Comparison,
  type LabelScores,
  type MethodScores,
  type TrustLabel,
  type TrustMethod,
} from "./trust-report.ts";

/** Everything that is scored of one label. */
export function labelScores(
  label: TrustLabel,
  losses: Losses,
  steps: Steps,
  drawn: Resampled,
  names: Readonly<Record<TrustMethod, string>>,
): LabelScores {
  const others = TRUST_METHODS.filter((method) => method !== "recall");
  return {
    label,
    methods: TRUST_METHODS.map((method) => methodScores(label, method, drawn, names[method])),
    against: others.map((method) => comparison(label, method, losses, steps, drawn)),
    reliability: fromNames(TRUST_METHODS, (method) =>
      LEVELS.map((level, j) => ({ level, observed: drawn.mean(label, method, LOSS.below + j) })),
    ),
  };
}

/** The same for each of the three central bands of BANDS. */
export function byBand<T>(value: (band: number) => T): ByBand<T> {
  return { "50": value(0), "80": value(1), "90": value(2) };
}

function methodScores(label: TrustLabel, method: TrustMethod, drawn: Resampled, name: string): MethodScores {
  return {
    method,
    name,
    crps: drawn.mean(label, method, LOSS.crps),
    pinball: drawn.mean(label, method, LOSS.pinball),
    coverage: byBand((band) => drawn.mean(label, method, LOSS.inside + band)),
    intervalScore: byBand((band) => drawn.mean(label, method, LOSS.interval + band)),
  };
}

function comparison(
  label: TrustLabel,
  method: TrustMethod,
  losses: Losses,
  steps: Steps,
  drawn: Resampled,
): Comparison {
  const [ours, theirs] = [losses[label].recall, losses[label][method]];
  const differences = Float64Array.from(
    steps.stepOf,
    (_, i) => ours[i * W + LOSS.crps]! - theirs[i * W + LOSS.crps]!,
  );
  const test = dieboldMariano(stepMeans(steps, differences), dependenceLag(steps.overlap, steps.count));
  return {
    method,
    ratio: drawn.ratio(label, ["recall", method], LOSS.crps),
    p: test && 2 * Math.min(test.p, 1 - test.p),
  };
}
