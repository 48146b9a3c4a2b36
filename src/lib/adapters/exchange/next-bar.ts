import type { Calendar } from "../../time/calendar.ts";
import { barGrid } from "../../time/grid.ts";
import { nominalWidth, type Timeframe } from "../../time/timeframe.ts";
import { DAY, type EpochMs } from "../../time/units.ts";

export interface Bar {
  readonly open: EpochMs;
  readonly close: EpochMs;
}

/** No market is closed for longer. */
const LONGEST_CLOSURE = 60 * DAY;

/** The first bar of a calendar that opens at or after an instant; null where none does within two months. */
export function barFrom(calendar: Calendar, timeframe: Timeframe, from: EpochMs): Bar | null {
  for (let reach = 2 * nominalWidth(timeframe); ; reach *= 8) {
    const { open, close } = barGrid(calendar, timeframe, from, from + Math.min(reach, LONGEST_CLOSURE));
    if (open.length > 0) return { open: open[0]!, close: close[0]! };
    if (reach >= LONGEST_CLOSURE) return null;
  }
}
