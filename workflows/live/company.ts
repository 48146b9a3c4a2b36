import { nominalWidth } from "../../src/lib/time/timeframe.ts";
import type { Calendar } from "../../src/lib/time/calendar.ts";
import { barGrid } from "../../src/lib/time/grid.ts";
import type { SeriesKey } from "../../src/lib/candles/candle-series.ts";
import type { EpochMs } from "../../src/lib/time/units.ts";
import { seriesName } from "../../src/lib/memory/names.ts";
import type { JobRef, LiveJob, SeriesRef } from "../job.ts";
import { followedIn, isStopped } from "./followed.ts";
import type { LiveMemory } from "./live-memory.ts";
import { calendarOf, hasComeTo } from "./moments.ts";

/** A series that has missed so many bars in a row is not waited for: it has stopped. */
const STOPPED_BARS = 24;

/**
 * How many of the other series of a job lack a moment that closes by `at`. An answer as of `at` is what all moments known
 * by then say, so it waits for those that are on their way, and not for one that nobody follows any more.
 */
export async function behind(
  live: LiveMemory,
  { job, ref }: { readonly job: LiveJob; readonly ref: JobRef },
  own: SeriesKey,
  at: EpochMs,
): Promise<number> {
  let count = 0;
  for (const [place, { source, symbol, timeframe }] of job.series.entries()) {
    if (timeframe !== own.timeframe || (symbol === own.symbol && source === own.source)) continue;
    const key = { source, symbol, timeframe };
    if (await hasComeTo(live, key, at)) continue;
    const { newest } = live.kept(key);
    if (newest === -Infinity || !isAwaited(timeframe, calendarOf(live, key, newest), { newest, at }))
      continue;
    if (isFollowed({ ...ref, series: place }, job.tenant, key)) count++;
  }
  return count;
}

/** By its own job, or by another one. */
function isFollowed(ref: SeriesRef, tenant: string, key: SeriesKey): boolean {
  if (!isStopped(ref)) return true;
  const name = seriesName(key);
  return followedIn(ref.memory, tenant).some(({ series }) => seriesName(series) === name);
}

/** Whether bars of it were to close since, and not so many that it has stopped. */
function isAwaited(
  timeframe: string,
  calendar: Calendar,
  { newest, at }: { readonly newest: EpochMs; readonly at: EpochMs },
): boolean {
  const width = nominalWidth(timeframe);
  // Bars long before are as good as many.
  const from = Math.max(newest - width, at - (STOPPED_BARS + 2) * width);
  const missed = barGrid(calendar, timeframe, from, at).close.filter((t) => t > newest && t <= at).length;
  return missed > 0 && missed <= STOPPED_BARS;
}
