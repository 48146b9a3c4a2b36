import { rowsOf, type CandleSeries } from "../../candles/candle-series.ts";
import { MATURE, type ContextColumns } from "../../context/context.ts";
import { labelHorizon } from "../../context/label.ts";
import type { BaseForecaster } from "../../forecast/forecaster.ts";
import { clocklessHarForecast, harForecast } from "../../forecast/har.ts";
import { ascendingOrder } from "../../math/ascending-order.ts";
import { ThinnedSample } from "../../math/thinned-sample.ts";
import { LEVELS } from "../../recall/answer.ts";
import { fromNames } from "../../recall/ledger.ts";
import { FEWEST_TABLE_ROWS, TABLE_ROWS } from "../../recall/tables.ts";
import type { Horizon } from "../../time/horizon.ts";
import { TRUST_LABELS, type TrustLabel } from "./trust-report.ts";

// N base rows, A asked rows, Q levels

const Q = LEVELS.length;

/** Baselines that know candles only: no memory, no encoder, no record. */
export const PLAIN_METHODS = ["harClock", "har", "persistence", "climatology"] as const;
export type PlainMethod = (typeof PLAIN_METHODS)[number];

/**
 * What each expects of logAtrRatio. Persistence: that today's range stays. Climatology knows no today: expecting
 * ln(1 / ATR now) leaves returns in their own unit and ranges relative to the price.
 */
const FORECASTS: Readonly<Record<PlainMethod, BaseForecaster>> = {
  harClock: harForecast,
  har: clocklessHarForecast,
  persistence: (candles) => new Float64Array(rowsOf(candles)),
  climatology: (_, { atrNow }) => atrNow.map((atr) => -Math.log(atr)),
};

/** Quantiles at LEVELS, row-major; NaN where the past was too short. */
export type LabelQuantiles = Readonly<Record<TrustLabel, Float64Array>>; // each [A, Q]
export type PlainQuantiles = Readonly<Record<PlainMethod, LabelQuantiles>>;

/**
 * What the plain baselines would have said at some rows of a series. Each has one forecast f of logAtrRatio; its
 * distribution is that of its own misses that had matured by then: `return` is ATR now · exp(f) · past returns in that
 * unit, `logAtrRatio` is f + past misses. At most TABLE_ROWS of the misses, evenly thinned; below FEWEST_TABLE_ROWS
 * nothing is said. A row depends on nothing that became known after it, to the last bit.
 * @param asked rows, ascending
 */
export function plainQuantiles(candles: CandleSeries, horizon: Horizon, asked: Int32Array): PlainQuantiles {
  const contexts = labelHorizon(candles, horizon);
  const { knownAt } = candles;
  const entry = knownAt.map((known, i) =>
    contexts.state[i] === MATURE ? Math.max(known, contexts.matureAt[i]!) : NaN,
  );
  const history = { knownAt, contexts, entry, due: ascendingOrder(entry) };
  return fromNames(PLAIN_METHODS, (method) => stated(history, FORECASTS[method](candles, contexts), asked));
}

interface History {
  readonly knownAt: Float64Array; // [N]
  readonly contexts: ContextColumns; // [N]
  /** When a row may be learned from, NaN where never; and the rows in that order. */
  readonly entry: Float64Array; // [N]
  readonly due: Int32Array;
}

function stated({ knownAt, contexts, entry, due }: History, f: Float64Array, asked: Int32Array) {
  const { atrNow, values } = contexts;
  const scale = f.map((x, i) => atrNow[i]! * Math.exp(x));
  const returns = new ThinnedSample(TABLE_ROWS);
  const misses = new ThinnedSample(TABLE_ROWS);
  const out = fromNames(TRUST_LABELS, () => new Float64Array(asked.length * Q).fill(NaN));
  let next = 0;
  asked.forEach((row, a) => {
    for (; next < due.length && entry[due[next]!]! <= knownAt[row]!; next++) {
      const i = due[next]!;
      addFinite(returns, values.return[i]! / scale[i]!);
      addFinite(misses, values.logAtrRatio[i]! - f[i]!);
    }
    if (Math.min(returns.size, misses.size) < FEWEST_TABLE_ROWS) return;
    LEVELS.forEach((level, j) => {
      out.return[a * Q + j] = scale[row]! * returns.quantile(level);
      out.logAtrRatio[a * Q + j] = f[row]! + misses.quantile(level);
    });
  });
  return out;
}

function addFinite(sample: ThinnedSample, value: number): void {
  if (Number.isFinite(value)) sample.add(value);
}
