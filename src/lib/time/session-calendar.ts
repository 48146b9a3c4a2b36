import { countWhile } from "../math/count-up-to.ts";
import type { Calendar, Session } from "./calendar.ts";
import { civilDate, dayOfDate, epochDay, isoDate, type EpochDay } from "./civil.ts";
import { DAY, type DurationMs, type EpochMs } from "./units.ts";
import { instantOf, type ZoneName } from "./zone.ts";

/** Opening and closing time as the local clock shows them, ms since midnight of the trading date. */
export type ClockHours = readonly [open: DurationMs, close: DurationMs];

export interface SessionCalendarOptions {
  readonly name: string;
  readonly about?: string;
  readonly zone: ZoneName;
  /**
   * Opening hours of a trading date, ascending; none where the market is closed, two around a break. Negative times
   * lie on the evening before: FX is open [−7 h, 17 h] in New York. Within two days of the date.
   */
  readonly hoursOn: (day: EpochDay) => readonly ClockHours[];
  /** Where intraday bars are counted from, on the same clock; default midnight of the trading date. */
  readonly cutAt?: DurationMs;
}

/** Trading dates reach at most this many days to either side. */
const REACH = 2;

/**
 * A calendar from opening hours on a local clock that changes with the zone.
 *
 *     const frankfurt = sessionCalendar({
 *       name: "frankfurt",
 *       zone: "Europe/Berlin",
 *       hoursOn: (day) => (weekdayOf(day) < 5 ? [[9 * HOUR, 17.5 * HOUR]] : []),
 *     });
 */
export function sessionCalendar(options: SessionCalendarOptions): Calendar {
  const { name, about, zone, cutAt = 0 } = options;
  const years = new Map<number, readonly Session[]>();
  const ofYear = (year: number): readonly Session[] => {
    let sessions = years.get(year);
    if (!sessions) years.set(year, (sessions = sessionsOfYear(options, year)));
    return sessions;
  };
  return {
    name,
    ...(about === undefined ? {} : { about }),
    zone,
    sessions(from: EpochMs, to: EpochMs): readonly Session[] {
      if (!(from < to)) return [];
      const found: Session[] = [];
      const last = civilDate(Math.floor(to / DAY) + REACH).year;
      for (let year = civilDate(Math.floor(from / DAY) - REACH).year; year <= last; year++) {
        const sessions = ofYear(year);
        let k = countWhile(sessions.length, (i) => sessions[i]!.close <= from);
        for (; k < sessions.length && sessions[k]!.open < to; k++) found.push(sessions[k]!);
      }
      return found;
    },
    cutFrom: (session) => instantOf(zone, dayOfDate(session.date) * DAY + cutAt),
  };
}

function sessionsOfYear({ zone, hoursOn }: SessionCalendarOptions, year: number): readonly Session[] {
  const sessions: Session[] = [];
  for (let day = epochDay(year, 1, 1); day < epochDay(year + 1, 1, 1); day++) {
    for (const [open, close] of hoursOn(day)) {
      const at = (clock: DurationMs): EpochMs => instantOf(zone, day * DAY + clock);
      sessions.push({ open: at(open), close: at(close), date: isoDate(day) });
    }
  }
  return sessions;
}
