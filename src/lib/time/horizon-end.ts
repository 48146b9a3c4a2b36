import type { Calendar } from "./calendar.ts";
import { countUpTo } from "../math/count-up-to.ts";
import { barGrid } from "./grid.ts";
import { horizonBars, horizonEnds, parseHorizon, type Horizon } from "./horizon.ts";
import { fixedWidth, type Timeframe } from "./timeframe.ts";
import { DAY, HOUR, MINUTE, type EpochMs } from "./units.ts";

const UNIT_LENGTH = { m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY, mo: 31 * DAY } as const;
const BEFORE = 45 * DAY; // the longest bar, and the day it opens in
const FARTHEST = 200 * 366 * DAY;

/**
 * When the horizon of the bar that closes at `close` ends, by the calendar alone, whether its bars came or not.
 * @throws RhymeError "usage" like horizonBars
 */
export function horizonEnd(
  calendar: Calendar,
  timeframe: Timeframe,
  close: EpochMs,
  horizon: Horizon,
): EpochMs {
  const { count, unit } = parseHorizon(horizon);
  horizonBars(horizon, timeframe, calendar);
  const from = close - (fixedWidth(timeframe) === null ? BEFORE : 8 * DAY);
  // Where markets close, hours and days take longer: look further until the grid reaches the end.
  for (let reach = 10 * DAY + 2 * count * UNIT_LENGTH[unit]; reach < FARTHEST; reach *= 4) {
    const grid = barGrid(calendar, timeframe, from, close + reach);
    const end = horizonEnds(grid, calendar, horizon)[countUpTo(grid.close, close) - 1];
    if (end !== undefined && end >= 0) return grid.close[end]!;
  }
  throw new Error(`${horizon} after ${close} never ends on ${calendar.name}`);
}
