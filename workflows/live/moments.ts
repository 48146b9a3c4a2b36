import type { SeriesKey } from "../../src/lib/candles/candle-series.ts";
import type { Calendar } from "../../src/lib/time/calendar.ts";
import type { EpochMs } from "../../src/lib/time/units.ts";
import { nominalWidth } from "../../src/lib/time/timeframe.ts";
import type { LiveJob, SeriesRef } from "../job.ts";
import { readJob } from "../job-folder.ts";
import type { LiveMemory } from "./live-memory.ts";

export function liveJob({ memory, job }: SeriesRef): LiveJob {
  return readJob<LiveJob>({ memory, job }, "live");
}

export function keyOf({ series }: LiveJob, ref: SeriesRef): SeriesKey {
  const { source, symbol, timeframe } = series[ref.series]!;
  return { source, symbol, timeframe };
}

/** Anchor of the newest moment of a series; null where there is none. */
export async function newestOf(live: LiveMemory, key: SeriesKey): Promise<EpochMs | null> {
  const newest = (await live.memory.at(key, Infinity, Infinity))?.anchor ?? null;
  if (newest !== null) live.kept(key).newest = newest;
  return newest;
}

/** Whether a series has a moment as late as `at`: whoever brought it forward here need not look. */
export async function hasComeTo(live: LiveMemory, key: SeriesKey, at: EpochMs): Promise<boolean> {
  return live.kept(key).newest >= at || ((await newestOf(live, key)) ?? -Infinity) >= at;
}

/** Anchors in (after, newest], ascending: few of them are looked up one by one, from the newest backwards. */
export async function anchorsAfter(
  { memory }: LiveMemory,
  key: SeriesKey,
  after: EpochMs,
  newest: EpochMs,
): Promise<readonly EpochMs[]> {
  const found: EpochMs[] = [];
  for (let at = newest; at > after;) {
    found.push(at);
    if (found.length > 64) return [...(await memory.anchors(key))].filter((t) => t > after && t <= newest);
    at = (await memory.at(key, at - 1, Infinity))?.anchor ?? -Infinity;
  }
  return found.reverse();
}

/** Whether the memory holds a candle of it. */
export function isStored({ folder }: LiveMemory, { source, symbol, timeframe }: SeriesKey): boolean {
  return folder.candles
    .list()
    .some((one) => one.source === source && one.symbol === symbol && one.timeframe === timeframe);
}

/** The calendar of a series that has a moment there. */
export function calendarOf({ folder }: LiveMemory, key: SeriesKey, anchor: EpochMs): Calendar {
  const from = anchor - 2 * nominalWidth(key.timeframe);
  return folder.candles.read(key, { from, asOf: Infinity }).calendar;
}
