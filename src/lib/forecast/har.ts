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
  const width = design.spans.length + 1;
  const x = harRegressors(candles, design.spans, design.warmUp);
  const slot = clockSlots(candles);
  const { knownAt } = candles;
  const entry = entryTimes(x, width, knownAt, contexts);
  const due = ascendingOrder(entry);
  const model = new SlottedRidge(width, design.slots);
  const out = new Float64Array(rowsOf(candles)).fill(NaN);
  let next = 0;
  let nextFit = fewestRows(design, horizonBars(contexts.horizon, candles.timeframe, candles.calendar));
  let fitted = false;
  for (const row of ascendingOrder(knownAt)) {
    while (next < due.length && entry[due[next]!]! <= knownAt[row]!) {
      const i = due[next++]!;
      model.add(x, i * width, slot[i]!, contexts.values.logAtrRatio[i]! + Math.log(contexts.atrNow[i]!));
    }
    if (model.rows >= nextFit) {
      fitted = model.fit() || fitted; // a fit that fails leaves the one before it
      nextFit = model.rows + Math.min(design.day, Math.max(1, model.rows >> 4));
    }
    if (fitted && contexts.atrNow[row]! > 0)
      out[row] = model.predict(x, row * width, slot[row]!) - Math.log(contexts.atrNow[row]!);
  }
  return out;
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
    const usable = state[i] === MATURE && atrNow[i]! > 0 && Number.isFinite(values.logAtrRatio[i]!);
    return usable && !Number.isNaN(x[i * width]!) ? Math.max(known, matureAt[i]!) : NaN;
  });
}
