import { rowsOf, type CandleSeries } from "../candles/candle-series.ts";
import { firmKnownAt } from "../candles/firm-known-at.ts";
import { windowExtremes } from "../math/window-extremes.ts";
import type { Horizon } from "../time/horizon.ts";
import { causalState, type CausalState } from "./causal-state.ts";
import { LABELS, MATURE, type ContextColumns, type Label } from "./context.ts";
import { firstTouch } from "./first-touch.ts";
import { horizonSpans } from "./horizon-span.ts";

// N rows; t the row of an anchor, u the row at whose close its horizon ends

type LabelColumns = Record<Label, Float64Array>;

/** What the rows know of their past, however long it is. [N] each */
export interface LabelPast extends CausalState {
  /** When everything up to each row was known (candles/firm-known-at.ts). */
  readonly firmKnownAt: Float64Array;
}

/**
 * What followed each of N candles over one horizon, as design section 5 defines the labels. A label is a function
 * of the rows up to u alone, to the last bit: rows after u change nothing, and sums are added up anew for each t.
 * `matureAt` is the largest knownAt of any row up to u, since ATR14 at t and RVI at u have seen them all. NaN:
 * every label of a context that is not mature; logAtrRatio without movement before t or after; barrier without
 * ATR14 or with both sides touched in one bar; rvi and what is scaled by ATR14 during warm-up.
 * @param past where `candles` are the newest rows of a longer series: what its rows know of all that came before
 * @throws RhymeError for a horizon that is unknown, shorter than a bar or no whole number of bars
 */
export function labelHorizon(
  candles: CandleSeries,
  horizon: Horizon,
  past: LabelPast = { ...causalState(candles), firmKnownAt: firmKnownAt(candles) },
): ContextColumns {
  const n = rowsOf(candles);
  const { state, end, crossesClose } = horizonSpans(candles, horizon);
  const values = Object.fromEntries(
    LABELS.map((label) => [label, new Float64Array(n).fill(NaN)]),
  ) as LabelColumns;
  const matureAt = new Float64Array(n).fill(NaN);
  const highest = windowExtremes(candles.high, end, "max");
  const lowest = windowExtremes(candles.low, end, "min");
  for (let t = 0; t < n; t++) {
    if (state[t] !== MATURE) continue;
    const window = { t, end: end[t]!, highest: highest[t]!, lowest: lowest[t]! };
    matureAt[t] = past.firmKnownAt[window.end]!;
    writeMove(values, candles, window);
    writeVolatility(values, candles, past, window);
    values.barrier[t] = firstTouch(candles, window, past.atr[t]! * Math.sqrt(window.end - t));
  }
  const atrNow = past.atr.map((atr, t) => atr / candles.close[t]!);
  return { horizon, state, matureAt, crossesClose, values, atrNow };
}

interface Window {
  readonly t: number;
  readonly end: number;
  readonly highest: number;
  readonly lowest: number;
}

function writeMove(values: LabelColumns, { close }: CandleSeries, { t, end, highest, lowest }: Window): void {
  const [from, to] = [close[t]!, close[end]!];
  values.return[t] = Math.log(to / from);
  values.roc[t] = to / from - 1;
  values.maxGain[t] = Math.log(highest / from);
  values.maxLoss[t] = Math.log(lowest / from);
  values.direction[t] = Math.sign(to - from);
}

function writeVolatility(
  values: LabelColumns,
  { close }: CandleSeries,
  past: CausalState,
  { t, end }: Window,
): void {
  const { trueRange, squaredReturn } = past;
  let [ranges, squares] = [0, 0];
  for (let row = t + 1; row <= end; row++) {
    ranges += trueRange[row]!;
    squares += squaredReturn[row]!;
  }
  const meanRange = ranges / (end - t);
  values.atr[t] = meanRange / close[t]!;
  values.logAtrRatio[t] = meanRange > 0 && past.atr[t]! > 0 ? Math.log(meanRange / past.atr[t]!) : NaN;
  values.realisedVolatility[t] = Math.sqrt(squares);
  values.rvi[t] = past.rvi[end]!;
}
