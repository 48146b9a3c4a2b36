import type { Calendar } from "./calendar.ts";
import { civilDate, weekdayOf } from "./civil.ts";
import { sessionCalendar } from "./session-calendar.ts";
import { HOUR } from "./units.ts";

const SATURDAY = 5;
const DAY_ENDS = 17 * HOUR;

/**
 * Spot FX: Sunday 17:00 to Friday 17:00 in New York, without a break. A trading day runs from 17:00 to 17:00 and is
 * dated by its close, so Sunday evening is Monday and a week has five days of 24 hours (both changes of clocks fall
 * on a Sunday before the market opens). Intraday bars are counted from 17:00 New York: 4h bars open at 17, 21, 01,
 * 05, 09 and 13 o'clock, as brokers with the New York close cut them, all year. `fx@UTC` has UTC days and 4h bars.
 *
 * Closed on the trading days of 25 December and 1 January. Venues differ around them, and no rule fits all: OANDA
 * stopped at 14:00 on 24 and 31 December of 2012 to 2016, MetaTrader brokers at 12:00 to 14:00 until 2021; several
 * opened some hours late on 26 December; OANDA until 2009 and Dukascopy to this day quote the first hours of the
 * Christmas session, and Dukascopy until 2012 all of both. Good Friday is a day like any other.
 */
export const calendarFx: Calendar = sessionCalendar({
  name: "fx",
  about: "spot FX, Sunday 17:00 to Friday 17:00 New York, days end at 17:00 New York",
  zone: "America/New_York",
  hoursOn(day) {
    const { month, day: date } = civilDate(day);
    const holiday = (month === 12 && date === 25) || (month === 1 && date === 1);
    return weekdayOf(day) >= SATURDAY || holiday ? [] : [[DAY_ENDS - 24 * HOUR, DAY_ENDS]];
  },
  cutAt: DAY_ENDS - 24 * HOUR,
});
