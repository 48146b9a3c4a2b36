import { CLOCK_OUTPUTS } from "../features/market-clock.ts";
import type { FeatureTables } from "../features/feature.ts";
import { countUpTo } from "../math/count-up-to.ts";
import type { Timeframe } from "../time/timeframe.ts";
import type { EpochMs } from "../time/units.ts";

// T timeframes, F features each, W = 2·T·F columns

/** What a moment is to the reconstruction: features of the newest candle of each timeframe, and of the one before. */
export interface MomentColumns {
  /** Fine to coarse. */
  readonly timeframes: readonly Timeframe[]; // [T]
  readonly features: readonly string[]; // [F]
  /** Columns of newest candles come first, timeframe by timeframe; then those of the candles before. */
  readonly width: number; // W
  /** Which of the features are hidden with their candle: all but the clock, which is known beforehand. */
  readonly hidden: readonly number[];
}

/** @param timeframes fine to coarse, each with a table of the same features */
export function momentColumns(tables: FeatureTables, timeframes: readonly Timeframe[]): MomentColumns {
  const features = tables[timeframes[0]!]!.names;
  const clock = new Set<string>(CLOCK_OUTPUTS);
  const hidden = features.flatMap((name, f) => (clock.has(name) ? [] : [f]));
  return { timeframes, features, width: 2 * timeframes.length * features.length, hidden };
}

/**
 * Writes the moment of an instant: of every timeframe the newest candle that was known by then and the one before it;
 * NaN where there is none.
 */
export function fillMoment(
  tables: FeatureTables,
  { timeframes, features, width }: MomentColumns,
  at: EpochMs,
  out: Float64Array, // [W]
): void {
  const F = features.length;
  timeframes.forEach((timeframe, t) => {
    const { values, knownAt } = tables[timeframe]!;
    const newest = countUpTo(knownAt, at) - 1;
    for (let back = 0; back < 2; back++) {
      const [row, to] = [newest - back, back * (width / 2) + t * F];
      if (row < 0) out.fill(NaN, to, to + F);
      else for (let f = 0; f < F; f++) out[to + f] = values[row * F + f]!;
    }
  });
}
