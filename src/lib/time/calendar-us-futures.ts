import type { Calendar } from "./calendar.ts";
import { civilDate, epochDay, weekdayOf, type EpochDay } from "./civil.ts";
import { sessionCalendar, type ClockHours } from "./session-calendar.ts";
import { HOUR, MINUTE, type DurationMs } from "./units.ts";
import { goodFriday, holidays, thanksgiving } from "./us-equities-holidays.ts";

const [FRIDAY, SATURDAY] = [4, 5];
const QUARTER = 15 * MINUTE;
const EVENING: DurationMs = -6 * HOUR; // 18:00 of the day before
/** From this trading date on the daily break lasts an hour; before, 45 minutes on Monday to Thursday. */
const LONG_BREAK: EpochDay = epochDay(2015, 9, 23);

/**
 * CME Globex as gold, silver and US indices trade there and as CFDs follow them: Sunday 18:00 to Friday 17:00 in New
 * York with a daily break from 17:00 (until September 2015 from 17:15) to 18:00. A trading day is dated by its
 * close. Intraday bars are counted from 17:00 New York, the New York close of brokers, so the first 4h bar of a day
 * lasts from 18:00 to 21:00.
 *
 * Closed on Good Friday, Christmas and New Year's Day as kept by the stock exchange; from 2013 on other US holidays
 * end at 13:00 (13:15 in 2013), the day after Thanksgiving and Christmas Eve at 13:45. Indices stop half an hour
 * earlier on those two and early on the eve of 4 July, metals do not; some Good Fridays had a short morning.
 */
export const calendarUsFutures: Calendar = sessionCalendar({
  name: "us-futures",
  about: "gold, silver, US indices (CME Globex) and CFDs on them, Sunday 18:00 to Friday 17:00 New York",
  zone: "America/New_York",
  hoursOn(day): readonly ClockHours[] {
    const close = closeOn(day);
    return close === null ? [] : [[EVENING, close]];
  },
  cutAt: -7 * HOUR,
});

/** Closing time of a trading date, null where there is no trading. */
function closeOn(day: EpochDay): DurationMs | null {
  const weekday = weekdayOf(day);
  if (weekday >= SATURDAY) return null;
  const { year, month, day: date } = civilDate(day);
  if (holidays(year).has(day)) {
    if (day === goodFriday(year) || month === 12 || (month === 1 && date <= 2)) return null;
    if (year >= 2013) return year === 2013 ? 13 * HOUR + QUARTER : 13 * HOUR;
  }
  const eve = day === thanksgiving(year) + 1 || (month === 12 && date === 24);
  if (eve && year >= 2012) return 14 * HOUR - QUARTER;
  return day < LONG_BREAK && weekday < FRIDAY ? 17 * HOUR + QUARTER : 17 * HOUR;
}
