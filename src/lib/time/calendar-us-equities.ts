import { countWhile } from "../math/count-up-to.ts";
import type { Calendar, Session } from "./calendar.ts";
import { civilDate, epochDay, isoDate, weekdayOf, type EpochDay } from "./civil.ts";
import { DAY, HOUR, MINUTE, type EpochMs } from "./units.ts";
import { closedDays, earlyCloses } from "./us-equities-holidays.ts";
import { instantOf, offsetAt } from "./zone.ts";

const ZONE = "America/New_York";
const SATURDAY = 5;

const years = new Map<number, readonly Session[]>();

function sessionsOfYear(year: number): readonly Session[] {
  const seen = years.get(year);
  if (seen) return seen;
  const [closed, early] = [closedDays(year), earlyCloses(year)];
  const sessions: Session[] = [];
  for (let day = epochDay(year, 1, 1); day < epochDay(year + 1, 1, 1); day++) {
    if (weekdayOf(day) < SATURDAY && !closed.has(day)) sessions.push(sessionOn(day, early.has(day)));
  }
  years.set(year, sessions);
  return sessions;
}

/** Index of the first session that closes after `t`. */
function firstClosingAfter(sessions: readonly Session[], t: EpochMs): number {
  return countWhile(sessions.length, (k) => sessions[k]!.close <= t);
}

function sessionOn(day: EpochDay, early: boolean): Session {
  const at = (clock: number): EpochMs => instantOf(ZONE, day * DAY + clock);
  return { open: at(9 * HOUR + 30 * MINUTE), close: at((early ? 13 : 16) * HOUR), date: isoDate(day) };
}

/**
 * New York Stock Exchange, regular hours: 09:30 to 16:00 in New York, holidays by rule. Early closes at 13:00 are
 * right from 1998 on, sessions from 1981 on. Intraday bars are counted from local midnight, so hours are 09:00,
 * 10:00 … (the first one trades from 09:30).
 */
export const calendarUsEquities: Calendar = {
  name: "us-equities",
  zone: ZONE,
  sessions(from: EpochMs, to: EpochMs): readonly Session[] {
    if (!(from < to)) return [];
    const found: Session[] = [];
    const last = civilDate(Math.floor(to / DAY)).year;
    for (let year = civilDate(Math.floor(from / DAY)).year; year <= last; year++) {
      const sessions = sessionsOfYear(year);
      for (let k = firstClosingAfter(sessions, from); k < sessions.length && sessions[k]!.open < to; k++) {
        found.push(sessions[k]!);
      }
    }
    return found;
  },
  cutFrom(session: Session): EpochMs {
    const local = session.open + offsetAt(ZONE, session.open);
    return instantOf(ZONE, Math.floor(local / DAY) * DAY);
  },
};
