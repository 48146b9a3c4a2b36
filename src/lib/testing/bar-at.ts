import type { Calendar } from "../time/calendar.ts";
import { barGrid } from "../time/grid.ts";
import { fixedWidth, type Timeframe } from "../time/timeframe.ts";
import { DAY, type EpochMs } from "../time/units.ts";

/** Longest time between the open of a bar and its last instant: a month and room for closures. */
const REACH = 40 * DAY;

/** The expected bar with open ≤ t < close, null where the market is closed. Weekly bars span their nights. */
export function barAt(
  calendar: Calendar,
  timeframe: Timeframe,
  t: EpochMs,
): { readonly open: EpochMs; readonly close: EpochMs } | null {
  const reach = fixedWidth(timeframe) ?? REACH;
  const grid = barGrid(calendar, timeframe, t - reach, t + 1);
  const last = grid.open.length - 1;
  if (last < 0 || grid.close[last]! <= t) return null;
  return { open: grid.open[last]!, close: grid.close[last]! };
}
