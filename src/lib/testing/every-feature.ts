import { body } from "../features/body.ts";
import { closeLocation } from "../features/close-location.ts";
import { dorseyRvi } from "../features/dorsey-rvi.ts";
import { emaDistance } from "../features/ema-distance.ts";
import type { Feature } from "../features/feature.ts";
import { logReturn } from "../features/log-return.ts";
import { marketClock } from "../features/market-clock.ts";
import { range } from "../features/range.ts";
import { realisedVolatility, volatilityRatios } from "../features/realised-volatility.ts";
import { regime } from "../features/regime.ts";
import { roc, scaledRoc } from "../features/roc.ts";
import { rsi } from "../features/rsi.ts";
import { volumeSurprise } from "../features/volume-surprise.ts";
import { wicks } from "../features/wicks.ts";
import { atrLevel, wilderAtr } from "../features/wilder-atr.ts";

/** Every feature there is, in every unit: what the properties of features are tested on. */
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
