import { DAY, type DurationMs } from "../time/units.ts";
import { fixedWidth, parseTimeframe, type Timeframe } from "../time/timeframe.ts";

/** Milliseconds of one bar by name, whatever its sessions: a day, a week, a month of 30 days. */
export function nominalWidth(timeframe: Timeframe): DurationMs {
  const { count, unit } = parseTimeframe(timeframe);
  const days = { d: 1, w: 7, mo: 30, m: NaN, h: NaN }[unit];
  return fixedWidth(timeframe) ?? count * days * DAY;
}
