import type { CandlesByTimeframe, CandleSeries } from "../../../candles/candle-series.ts";
import { createRng } from "../../../math/rng.ts";
import { sortTimeframes } from "../../../time/timeframe.ts";
import type { EpochMs } from "../../../time/units.ts";

/** Series, finest first. */
export function fineToCoarse(candles: CandlesByTimeframe): readonly CandleSeries[] {
  return sortTimeframes(Object.keys(candles)).map((timeframe) => candles[timeframe]!);
}

/** Where candles are cut. */
export interface Cuts {
  readonly instants: readonly EpochMs[];
  /** How many of them chance alone chose; null where every bar is there. */
  readonly drawn: number | null;
}

/** Rows of the first short histories: 1, 2, 4, 8 …: what is different at the beginning shows there. */
const SHORT = [1, 2, 4, 8, 16, 32, 64, 128];

/**
 * When a user's candles are cut, ascending, `count` instants if there are as many bars: some short histories, closes
 * of higher bars (a bar used one step early shows there), and bars drawn by chance, one from each of equally long
 * stretches (a bar used while it forms shows between closes), among them the last bar but one.
 */
export function cutsOf(candles: CandlesByTimeframe, count: number, seed: number): Cuts {
  const rng = createRng(seed);
  const [base, ...higher] = fineToCoarse(candles);
  const all = [...new Set(base!.knownAt)].sort((a, b) => a - b);
  const newest = all.at(-1)!;
  const usable = all.slice(0, -1); // behind the newest nothing is known
  if (usable.length <= count) return { instants: usable, drawn: null };
  const chosen = new Set<EpochMs>([usable.at(-1)!]);
  for (const rows of SHORT.slice(0, Math.floor(count / 8))) chosen.add(usable[rows - 1]!);
  for (const series of higher) {
    const closes = [...series.knownAt].filter((t) => t < newest);
    for (const t of drawn(closes, Math.ceil(count / 4 / higher.length), rng)) chosen.add(t);
  }
  const rest = usable.filter((t) => !chosen.has(t));
  const others = drawn(rest, Math.max(0, count - chosen.size), rng);
  return { instants: [...chosen, ...others].sort((a, b) => a - b), drawn: others.length };
}

/** One of each of `count` equally long stretches. */
function drawn(values: readonly number[], count: number, rng: ReturnType<typeof createRng>): number[] {
  if (values.length <= count) return [...values];
  return Array.from({ length: count }, (_, i) => {
    const [from, to] = [(i * values.length) / count, ((i + 1) * values.length) / count].map(Math.floor);
    return values[from! + rng.int(to! - from!)]!;
  });
}
