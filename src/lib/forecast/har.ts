import { rowsOf, type CandleSeries } from "../candles/candle-series.ts";
import { MATURE, type ContextColumns } from "../context/context.ts";
import { ascendingOrder } from "../math/ascending-order.ts";
import { horizonBars } from "../time/horizon.ts";
import { clockSlots, harDesign, type HarDesign } from "./har-design.ts";
import { harRegressors } from "./har-regressors.ts";
import type { BaseForecaster } from "./forecaster.ts";
import { SlottedRidge } from "./slotted-ridge.ts";

/**
 * HAR with its weekly clock, per symbol: ln(mean true range over the horizon / close) on the logs of trailing
 * mean true ranges and dummies of the hour of the week (day of the week for daily bars), fitted by ridge on
 * everything that had matured by each row's knownAt, and stated as logAtrRatio (Corsi 2009; log form).
 *
 * Row t sees context i only when max(matureAt_i, knownAt_i) ≤ knownAt_t. The first fit waits for
 * `fewestRows` of them; it is renewed after every sixteenth more, at most every day's worth. Both depend only on
 * the past, so rows never change when history grows.
 * @returns [N]; NaN before the first fit that succeeds, during warm-up, or where a trailing bar was not known yet
 */
export const harForecast: BaseForecaster = (candles, contexts) =>
  forecast(candles, contexts, harDesign(candles));

/** The same without a clock: what the hour of the week is worth is told by comparing. */
export const clocklessHarForecast: BaseForecaster = (candles, contexts) =>
  forecast(candles, contexts, { ...harDesign(candles), slots: 0, clock: null });

function forecast(candles: CandleSeries, contexts: ContextColumns, design: HarDesign): Float64Array {
  return harPass(candles, contexts, design).forecasts;
}

/** The forecasts of a history, and what goes on from there: see HarPass. */
export function harPass(
  candles: CandleSeries,
  contexts: ContextColumns,
  design: HarDesign = harDesign(candles),
): { readonly forecasts: Float64Array; readonly pass: HarPass } {
  const width = design.spans.length + 1;
  const x = harRegressors(candles, design.spans, design.warmUp);
  const slot = clockSlots(candles);
  const { knownAt } = candles;
  const entry = entryTimes(x, width, knownAt, contexts);
  const due = ascendingOrder(entry);
  const pass = new HarPass(design, horizonBars(contexts.horizon, candles.timeframe, candles.calendar));
  const forecasts = new Float64Array(rowsOf(candles)).fill(NaN);
  let next = 0;
  for (const row of ascendingOrder(knownAt)) {
    while (next < due.length && entry[due[next]!]! <= knownAt[row]!) {
      const i = due[next++]!;
      pass.learn(x, i * width, slot[i]!, contexts.values.logAtrRatio[i]!, contexts.atrNow[i]!);
    }
    forecasts[row] = pass.forecast(x, row * width, slot[row]!, contexts.atrNow[row]!);
  }
  return { forecasts, pass };
}

/**
 * What HAR has learnt so far: before the forecast of a row it learns from all that had matured by then, earliest first;
 * rows are asked for in the order in which they were known, each once.
 */
export class HarPass {
  readonly #design: HarDesign;
  readonly #model: SlottedRidge;
  #nextFit: number;
  #fitted = false;

  constructor(design: HarDesign, barsPerHorizon: number) {
    this.#design = design;
    this.#model = new SlottedRidge(design.spans.length + 1, design.slots);
    this.#nextFit = fewestRows(design, barsPerHorizon);
  }

  /** Takes a row with what followed it; its regressors start at `x[from]`. */
  learn(x: Float64Array, from: number, slot: number, logAtrRatio: number, atrNow: number): void {
    this.#model.add(x, from, slot, logAtrRatio + Math.log(atrNow));
  }

  /** logAtrRatio of the next row; NaN before the first fit that succeeds, and where the row has no regressors. */
  forecast(x: Float64Array, from: number, slot: number, atrNow: number): number {
    const { rows } = this.#model;
    if (rows >= this.#nextFit) {
      this.#fitted = this.#model.fit() || this.#fitted; // a fit that fails leaves the one before it
      this.#nextFit = rows + Math.min(this.#design.day, Math.max(1, rows >> 4));
    }
    if (!this.#fitted || !(atrNow > 0)) return NaN;
    return this.#model.predict(x, from, slot) - Math.log(atrNow);
  }
}

/** Matured rows before the first fit: 250 (or five per regressor), and ten horizons, since overlapping rows repeat each other. */
export function fewestRows(design: HarDesign, barsPerHorizon: number): number {
  return Math.max(250, 5 * (design.spans.length + 1), 10 * barsPerHorizon);
}

/** When row i may be learned from; NaN where it never may. [N] */
function entryTimes(
  x: Float64Array,
  width: number,
  knownAt: Float64Array,
  contexts: ContextColumns,
): Float64Array {
  const { state, matureAt, atrNow, values } = contexts;
  return knownAt.map((known, i) => {
    const usable = state[i] === MATURE && teaches(x[i * width]!, values.logAtrRatio[i]!, atrNow[i]!);
    return usable ? Math.max(known, matureAt[i]!) : NaN;
  });
}

/** Whether a row that has matured says anything: its first regressor, its outcome, its ATR. */
export function teaches(intercept: number, logAtrRatio: number, atrNow: number): boolean {
  return atrNow > 0 && Number.isFinite(logAtrRatio) && !Number.isNaN(intercept);
}
