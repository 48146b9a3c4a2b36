import { RhymeError } from "../errors.ts";
import { canonicalJson, hashParts } from "../math/hash.ts";
import { body } from "./body.ts";
import { closeLocation } from "./close-location.ts";
import { dorseyRvi } from "./dorsey-rvi.ts";
import { emaDistance } from "./ema-distance.ts";
import type { FeatureSet } from "./feature.ts";
import { logReturn } from "./log-return.ts";
import { marketClock } from "./market-clock.ts";
import { range } from "./range.ts";
import { volatilityRatios } from "./realised-volatility.ts";
import { scaledRoc } from "./roc.ts";
import { rsi } from "./rsi.ts";
import { volumeSurprise } from "./volume-surprise.ts";
import { wicks } from "./wicks.ts";
import { atrLevel } from "./wilder-atr.ts";

/** Shape of the bar, volume, three speeds of volatility, four of direction, the clock: 16 outputs near unit scale. */
const candle16: FeatureSet = {
  name: "candle16",
  features: [
    logReturn,
    range,
    body,
    wicks,
    volumeSurprise(),
    volatilityRatios(),
    atrLevel(),
    rsi({ unit: "centred" }),
    scaledRoc({ period: 10 }),
    emaDistance({ period: 20 }),
    dorseyRvi({ unit: "centred" }),
    // The sine of the day alone tells all seven days apart, and the weekend from the rest.
    marketClock(["sessionTimeSin", "sessionTimeCos", "dayOfWeekSin"]),
  ],
};

/** For daily data whose opens are not to be trusted: no open and no hour anywhere, 12 outputs near unit scale. */
const close12: FeatureSet = {
  name: "close12",
  features: [
    logReturn,
    range,
    closeLocation,
    volumeSurprise(),
    volatilityRatios(),
    atrLevel(),
    rsi({ unit: "centred" }),
    scaledRoc({ period: 10 }),
    scaledRoc({ period: 21 }),
    emaDistance({ period: 20 }),
    dorseyRvi({ unit: "centred" }),
  ],
};

/** Every named set; a new one is one entry here. */
export const FEATURE_SETS: readonly FeatureSet[] = [candle16, close12];

export const DEFAULT_FEATURES = "candle16";

/** Names of the outputs of a set, in table order. */
export function outputNames(set: FeatureSet): readonly string[] {
  return set.features.flatMap((feature) => feature.outputs);
}

/** @throws RhymeError "usage" for a name that is not in FEATURE_SETS */
export function featureSetByName(name: string): FeatureSet {
  const found = FEATURE_SETS.find((set) => set.name === name);
  if (found) return found;
  throw new RhymeError("usage", {
    place: "feature set",
    expected: `one of ${FEATURE_SETS.map((set) => set.name).join(", ")}`,
    received: JSON.stringify(name),
    remedy: "Choose one of them, or add a set in src/lib/features/feature-sets.ts.",
  });
}

/** What a set computes, as SHA-256 in hex: ids, versions, params, inputs and outputs of its features in order. */
export function featureSetHash(set: FeatureSet): string {
  return hashParts(
    canonicalJson(
      set.features.map(({ id, version, params, inputs, outputs }) => ({
        id,
        version,
        params,
        inputs,
        outputs,
      })),
    ),
  );
}
