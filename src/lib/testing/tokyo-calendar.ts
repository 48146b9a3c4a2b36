import { weekdayOf } from "../time/civil.ts";
import { sessionCalendar } from "../time/session-calendar.ts";
import type { Calendar } from "../time/calendar.ts";
import { HOUR } from "../time/units.ts";

/** Tokyo shares without their holidays: a market with a break for lunch, two sessions on one date. */
export const tokyoCalendar: Calendar = sessionCalendar({
  name: "tokyo",
  about: "Tokyo shares, 09:00 to 11:30 and 12:30 to 15:00",
  zone: "Asia/Tokyo",
  hoursOn: (day) =>
    weekdayOf(day) < 5
      ? [
          [9 * HOUR, 11.5 * HOUR],
          [12.5 * HOUR, 15 * HOUR],
        ]
      : [],
});
