import type { Calendar, Session } from "./calendar.ts";
import { dayOfDate, weekdayOf, type EpochDay } from "./civil.ts";
import type { EpochMs } from "./units.ts";

/** All sessions with one date: one, or several around a break. */
export interface TradingDay {
  readonly day: EpochDay;
  /** Monday of the ISO week that it counts to. */
  readonly week: EpochDay;
  readonly open: EpochMs;
  readonly close: EpochMs;
  readonly sessions: readonly Session[];
}

/** Trading days of the sessions that intersect [from, to); the first and last may lack sessions outside it. */
export function tradingDays(calendar: Calendar, from: EpochMs, to: EpochMs): TradingDay[] {
  const sessions = calendar.sessions(from, to);
  const days: TradingDay[] = [];
  for (let k = 0; k < sessions.length;) {
    const first = sessions[k]!;
    let end = k + 1;
    while (end < sessions.length && sessions[end]!.date === first.date) end++;
    const day = dayOfDate(first.date);
    const inWeek = first.weekDate === undefined ? day : dayOfDate(first.weekDate);
    const week = inWeek - weekdayOf(inWeek);
    days.push({
      day,
      week,
      open: first.open,
      close: sessions[end - 1]!.close,
      sessions: sessions.slice(k, end),
    });
    k = end;
  }
  return days;
}
