import { body } from "./body.ts";
import { closeLocation } from "./close-location.ts";
import { dorseyRvi } from "./dorsey-rvi.ts";
import { emaDistance } from "./ema-distance.ts";
import type { Feature } from "./feature.ts";
import { logReturn } from "./log-return.ts";
import { marketClock } from "./market-clock.ts";
import { range } from "./range.ts";
import { realisedVolatility, volatilityRatios } from "./realised-volatility.ts";
import { regime } from "./regime.ts";
import { roc, scaledRoc } from "./roc.ts";
import { rsi } from "./rsi.ts";
import { volumeSurprise } from "./volume-surprise.ts";
import { wicks } from "./wicks.ts";
import { atrLevel, wilderAtr } from "./wilder-atr.ts";

/** Every feature there is, in every unit: what properties of all features are tested on. */
export const EVERY_FEATURE: readonly Feature[] = [
  logReturn,
  range,
  body,
  wicks,
  closeLocation,
  volumeSurprise(),
  realisedVolatility(),
  volatilityRatios(),
  wilderAtr(),
  atrLevel(),
  rsi(),
  rsi({ unit: "centred" }),
  roc(),
  scaledRoc(),
  emaDistance(),
  dorseyRvi(),
  dorseyRvi({ unit: "centred" }),
  marketClock(),
  regime(),
];
