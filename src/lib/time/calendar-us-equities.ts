import type { Calendar } from "./calendar.ts";
import { civilDate, weekdayOf } from "./civil.ts";
import { sessionCalendar } from "./session-calendar.ts";
import { HOUR, MINUTE } from "./units.ts";
import { closedDays, earlyCloses } from "./us-equities-holidays.ts";

const SATURDAY = 5;

/**
 * New York Stock Exchange, regular hours: 09:30 to 16:00 in New York, holidays by rule. Early closes at 13:00 are
 * right from 1998 on, sessions from 1981 on. Intraday bars are counted from local midnight, so hours are 09:00,
 * 10:00 … (the first one trades from 09:30).
 */
export const calendarUsEquities: Calendar = sessionCalendar({
  name: "us-equities",
  about: "New York shares, 09:30 to 16:00, holidays and early closes by rule",
  zone: "America/New_York",
  hoursOn(day) {
    const { year } = civilDate(day);
    if (weekdayOf(day) >= SATURDAY || closedDays(year).has(day)) return [];
    return [[9 * HOUR + 30 * MINUTE, (earlyCloses(year).has(day) ? 13 : 16) * HOUR]];
  },
});
