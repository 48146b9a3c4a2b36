import { rowsOf, type CandleSeries } from "../candles/candle-series.ts";
import { RelativeVolatility } from "../features/kernels/relative-volatility.ts";
import { WilderAtr } from "../features/kernels/true-range.ts";

/** What each row knows of itself and its past; the bricks of labels. N rows, NaN before warm-up. */
export interface CausalState {
  readonly trueRange: Float64Array; // [N] price units, from row 1
  readonly squaredReturn: Float64Array; // [N] squared log return against the row before
  readonly atr: Float64Array; // [N] Wilder ATR14, price units
  readonly rvi: Float64Array; // [N] Dorsey 1993 (10, 14), 0..100
}

export function causalState(candles: CandleSeries): CausalState {
  const { high, low, close } = candles;
  const n = rowsOf(candles);
  const column = (): Float64Array => new Float64Array(n);
  const state: CausalState = { trueRange: column(), squaredReturn: column(), atr: column(), rvi: column() };
  const atr = new WilderAtr(14);
  const rvi = new RelativeVolatility(10, 14);
  for (let i = 0; i < n; i++) {
    const logReturn = i > 0 ? Math.log(close[i]! / close[i - 1]!) : NaN;
    state.atr[i] = atr.push(high[i]!, low[i]!, close[i]!);
    state.trueRange[i] = atr.trueRange;
    state.squaredReturn[i] = logReturn * logReturn;
    state.rvi[i] = rvi.push(close[i]!);
  }
  return state;
}
