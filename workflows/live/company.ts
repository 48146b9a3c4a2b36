import { nominalWidth } from "../../src/lib/time/timeframe.ts";
import type { Calendar } from "../../src/lib/time/calendar.ts";
import { barGrid } from "../../src/lib/time/grid.ts";
import type { SeriesKey } from "../../src/lib/candles/candle-series.ts";
import type { EpochMs } from "../../src/lib/time/units.ts";
import type { LiveJob } from "../job.ts";
import type { LiveMemory } from "./live-memory.ts";
import { calendarOf, newestOf } from "./moments.ts";

/** A series that has missed so many bars in a row is not waited for: it has stopped. */
const STOPPED_BARS = 24;

/** Another series of the job, and how far it has come. */
interface Companion {
  readonly key: SeriesKey;
  readonly calendar: Calendar;
  readonly newest: EpochMs;
}

/** The other series of a job whose moments may answer those of `own`. */
export async function companionsOf(
  live: LiveMemory,
  { series }: LiveJob,
  own: SeriesKey,
): Promise<readonly Companion[]> {
  const companions: Companion[] = [];
  for (const { source, symbol, timeframe } of series) {
    if (timeframe !== own.timeframe || (symbol === own.symbol && source === own.source)) continue;
    const key = { source, symbol, timeframe };
    const newest = await newestOf(live, key);
    if (newest === null) continue;
    companions.push({ key, calendar: calendarOf(live, key, newest), newest });
  }
  return companions;
}

/**
 * How many of them lack a moment that closes by `at`. An answer as of `at` is what all moments known by then say, so it
 * waits for those that are on their way.
 */
export function behind(companions: readonly Companion[], at: EpochMs): number {
  return companions.filter(({ key, calendar, newest }) => {
    if (newest >= at) return false;
    const width = nominalWidth(key.timeframe);
    // Bars long before are as good as many.
    const from = Math.max(newest - width, at - (STOPPED_BARS + 2) * width);
    const { close } = barGrid(calendar, key.timeframe, from, at);
    const missed = close.filter((t) => t > newest && t <= at).length;
    return missed > 0 && missed <= STOPPED_BARS;
  }).length;
}
