import type { CandleSeries } from "../candles/candle-series.ts";
import { makeSeries } from "../candles/make-series.ts";
import { createRng, type Rng } from "../math/rng.ts";
import { calendar24x7 } from "../time/calendar-24x7.ts";
import { MINUTE } from "../time/units.ts";

/** Markets that break arithmetic: each says how the next bar follows from the price before. */
const MARKETS = {
  constant: (_rng: Rng, price: number) => [price, price, price, price],
  /** Each bar anywhere between 1e-100 and 1e100. */
  extreme: (rng: Rng) => Array.from({ length: 4 }, () => 10 ** (200 * rng.next() - 100)),
  /** A jump now and then, dead still between. */
  stepping: (rng: Rng, price: number) => {
    const to = rng.next() < 0.03 ? price * 10 ** (2 * rng.next() - 1) : price;
    return [price, to, to, to];
  },
  /** Moves of the last bit of a double. */
  rounding: (rng: Rng, price: number) => {
    const to = price * (1 + (rng.int(3) - 1) * 2 ** -52);
    return [price, to, price, to];
  },
  doubling: (_rng: Rng, price: number) => [price, price * 1.5, price * 1.5, price * 1.5],
} as const;

export type WildMarket = keyof typeof MARKETS;
export const WILD_MARKETS = Object.keys(MARKETS) as WildMarket[];

/** Seeded candles of a market that no honest average was made for; a third of the bars trade nothing. */
export function wildCandles(market: WildMarket, seed: number, rows: number): CandleSeries {
  const rng = createRng(seed);
  const columns = Array.from({ length: 6 }, () => new Float64Array(rows));
  let price = 1;
  for (let i = 0; i < rows; i++) {
    const prices = MARKETS[market](rng, price);
    const [open, close] = [prices[0]!, prices[3]!];
    price = close;
    const volume = rng.int(3) === 0 ? 0 : 10 ** (40 * rng.next() - 20);
    const bar = [i * 5 * MINUTE, open, Math.max(...prices), Math.min(...prices), close, volume];
    columns.forEach((column, k) => (column[i] = bar[k]!));
  }
  const [openTime, open, high, low, close, volume] = columns as [Float64Array, ...Float64Array[]];
  return makeSeries({
    timeframe: "5m",
    calendar: calendar24x7,
    openTime,
    open: open!,
    high: high!,
    low: low!,
    close: close!,
    volume: volume!,
  });
}
