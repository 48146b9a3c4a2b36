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
  const n = rowsOf(candles);
  const column = (): Float64Array => new Float64Array(n);
  const state: CausalState = { trueRange: column(), squaredReturn: column(), atr: column(), rvi: column() };
  const pass = new CausalPass();
  for (let i = 0; i < n; i++) pass.push(candles, i, state, i);
  return state;
}

/** The same one row after the other, for whoever follows a series that grows. */
export class CausalPass {
  readonly #atr = new WilderAtr(14);
  readonly #rvi = new RelativeVolatility(10, 14);
  #close = NaN; // of the row before

  /** Takes row `row` of a series, which follows the one it took last, and writes its state at `at`. */
  push({ high, low, close }: CandleSeries, row: number, state: CausalState, at: number): void {
    const logReturn = Math.log(close[row]! / this.#close);
    state.atr[at] = this.#atr.push(high[row]!, low[row]!, close[row]!);
    state.trueRange[at] = this.#atr.trueRange;
    state.squaredReturn[at] = logReturn * logReturn;
    state.rvi[at] = this.#rvi.push(close[row]!);
    this.#close = close[row]!;
  }
}
