// A feature that holds: each bar uses what was known when it closed, and nothing else.
import { computeFeature, rsi, type CandlesByTimeframe } from "rhyme";

/** Where the close lies within the last closed hour: 0 at its low, 1 at its high; and an RSI. */
export function hourPosition(candles: CandlesByTimeframe) {
  const [base, hours] = [candles["5m"], candles["1h"]];
  let hour = -1;
  const position = Array.from(base.knownAt, (now, row) => {
    while (hours.knownAt[hour + 1]! <= now) hour++; // known, not merely begun
    if (hour < 0) return null;
    const [low, high] = [hours.low[hour]!, hours.high[hour]!];
    return high > low ? (base.close[row]! - low) / (high - low) : null;
  });
  return { position, ...computeFeature(rsi(), candles, "5m") };
}
