import type { CandleSeries } from "../candles/candle-series.ts";

/**
 * Which side of C[t] ± width is reached first by the highs and lows of rows (t, end]: 1 above, −1 below, 0 neither,
 * NaN where both are reached in one row (which came first cannot be known) or there is no width.
 * @param highest, lowest extremes of the window, so that only windows with a touch are walked
 */
export function firstTouch(
  candles: CandleSeries,
  window: { readonly t: number; readonly end: number; readonly highest: number; readonly lowest: number },
  width: number,
): number {
  if (!(width > 0)) return NaN;
  const { t, end, highest, lowest } = window;
  const { high, low, close } = candles;
  const upper = close[t]! + width;
  const lower = close[t]! - width;
  if (highest < upper && lowest > lower) return 0;
  for (let row = t + 1; row <= end; row++) {
    const above = high[row]! >= upper;
    const below = low[row]! <= lower;
    if (above && below) return NaN;
    if (above) return 1;
    if (below) return -1;
  }
  return 0;
}
