// A z-score over all candles: the mean and the spread of the future are in every value of the past.
import type { CandlesByTimeframe } from "rhyme";

export function zScore(candles: CandlesByTimeframe) {
  const { close } = candles["5m"];
  const mean = close.reduce((sum, price) => sum + price, 0) / close.length;
  const spread = Math.sqrt(close.reduce((sum, price) => sum + (price - mean) ** 2, 0) / close.length);
  return {
    overAll: close.map((price) => (price - mean) / spread),
    soFar: Array.from(close, expandingZScore()),
  };
}

/** The same over what has been seen so far (Welford's running mean and spread). */
function expandingZScore() {
  let [n, mean, squares] = [0, 0, 0];
  return (price: number) => {
    const delta = price - mean;
    mean += delta / ++n;
    squares += delta * (price - mean);
    return n < 2 || squares === 0 ? null : (price - mean) / Math.sqrt(squares / (n - 1));
  };
}
