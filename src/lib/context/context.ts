import type { EpochMs } from "../time/units.ts";
import type { Horizon } from "../time/horizon.ts";

/** Labels in storage order; design section 5 defines them. `barrier` may be null although the context is mature. */
export const LABELS = [
  "return",
  "roc",
  "atr",
  "logAtrRatio",
  "realisedVolatility",
  "rvi",
  "maxGain",
  "maxLoss",
  "direction",
  "barrier",
] as const;
export type Label = (typeof LABELS)[number];

/** 0 pending (the horizon has not ended in this history), 1 mature, 2 undefined for ever (a bar is missing). */
export const CONTEXT_STATES = ["pending", "mature", "undefined"] as const;
export const PENDING: number = CONTEXT_STATES.indexOf("pending");
export const MATURE: number = CONTEXT_STATES.indexOf("mature");
export const UNDEFINED: number = CONTEXT_STATES.indexOf("undefined");

/** What followed one anchor over one horizon. Undefined values are null. */
export interface Context extends Readonly<Record<Label, number | null>> {
  readonly matureAt: EpochMs;
  readonly crossesClose: boolean;
}

/** Contexts of N base rows for one horizon, as columns; NaN where there is no value. */
export interface ContextColumns {
  readonly horizon: Horizon;
  readonly state: Uint8Array; // [N] index into CONTEXT_STATES
  readonly matureAt: Float64Array; // [N] largest knownAt of any bar used; NaN unless mature
  readonly crossesClose: Uint8Array; // [N]
  readonly values: Readonly<Record<Label, Float64Array>>; // each [N]
  /** Wilder ATR14 / close at the anchor: the unit in which outcomes are standardised. Known at the anchor. */
  readonly atrNow: Float64Array; // [N]
}
