import type { CandleSeries } from "../../candles/candle-series.ts";
import type { Rng } from "../../math/rng.ts";

/**
 * Closes of a market without direction: every step between two closes is as large as it was, about the same drift, and
 * its sign is tossed. One toss an instant for all series, so that what moves together goes on doing so; between series
 * that do, tosses of their own would make more independent outcomes than there are. Only `close` is tossed.
 */
export function tossSigns(series: readonly CandleSeries[], rng: Rng): readonly CandleSeries[] {
  const instants = Float64Array.from(new Set(series.flatMap(({ closeTime }) => [...closeTime]))).sort();
  const signs = new Map(Array.from(instants, (t) => [t, rng.next() < 0.5 ? -1 : 1] as const));
  return series.map((one) => ({ ...one, close: walkOf(one, signs) }));
}

function walkOf({ close, closeTime }: CandleSeries, signs: ReadonlyMap<number, number>): Float64Array {
  const drift = Math.log(close[close.length - 1]! / close[0]!) / (close.length - 1);
  const walk = Float64Array.from(close);
  for (let i = 1; i < walk.length; i++) {
    const step = Math.log(close[i]! / close[i - 1]!) - drift;
    walk[i] = walk[i - 1]! * Math.exp(drift + signs.get(closeTime[i]!)! * step);
  }
  return walk;
}
