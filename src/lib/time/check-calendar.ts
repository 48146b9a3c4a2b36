import { RhymeError } from "../errors.ts";
import type { Calendar, Session } from "./calendar.ts";
import { dayOfDate, isoDate } from "./civil.ts";
import { barGrid } from "./grid.ts";
import { DAY, HOUR, iso, type EpochMs } from "./units.ts";

/** Spans in which a calendar must hold what it promises: a summer, and a winter with its holidays. */
const SPANS: readonly (readonly [EpochMs, EpochMs])[] = [
  [Date.UTC(2024, 5, 3), Date.UTC(2024, 7, 5)],
  [Date.UTC(2024, 11, 16), Date.UTC(2025, 0, 13)],
];

/**
 * Holds what comes from outside against the contract of `Calendar`, by its shape and by its sessions of two months
 * and a turn of the year.
 * @throws RhymeError "input" that says what is wrong
 */
export function checkCalendar(value: unknown, place = "calendar"): asserts value is Calendar {
  const given = (typeof value === "object" && value !== null ? value : {}) as Partial<Calendar>;
  const { name, about, zone, sessions, cutFrom } = given;
  if (typeof name !== "string" || !/^[A-Za-z0-9][\w.-]{0,63}$/.test(name)) {
    throw bad(place, "a name of letters, digits, dots, underscores and hyphens", said(name));
  }
  const of = `${place} ${name}`;
  if (about !== undefined && typeof about !== "string") throw bad(of, "about: a line of text", said(about));
  if (typeof zone !== "string" || !isIana(zone)) throw bad(of, "zone: an IANA time zone", said(zone));
  if (typeof sessions !== "function") throw bad(of, "sessions(from, to), a function", said(sessions));
  if (typeof cutFrom !== "function") throw bad(of, "cutFrom(session), a function", said(cutFrom));
  const calendar = value as Calendar;
  for (const [from, to] of SPANS) {
    checkSessions(calendar, calendar.sessions(from, to), [from, to], of);
    checkParts(calendar, from, to, of);
    checkBars(calendar, from, to, of);
  }
  const [from, to] = SPANS[0]!;
  if (calendar.sessions(from, to).length === 0) {
    throw bad(of, `sessions between ${iso(from)} and ${iso(to)}`, "none");
  }
}

/** Pages write times in the zone, so a bare offset or an unknown name will not do. */
function isIana(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en-GB", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

function checkSessions(
  calendar: Calendar,
  sessions: readonly Session[],
  [from, to]: readonly [EpochMs, EpochMs],
  place: string,
): void {
  if (!Array.isArray(sessions)) throw bad(place, "sessions(from, to) to return an array", said(sessions));
  for (const [k, session] of sessions.entries()) {
    checkSession(calendar, session, place);
    const of = described(session);
    if (!(session.close > from && session.open < to)) {
      throw bad(place, `sessions within [${iso(from)}, ${iso(to)})`, of);
    }
    const before = sessions[k - 1];
    if (!before) continue;
    if (session.open < before.close || session.date < before.date) {
      throw bad(place, "sessions in order that do not overlap, with dates in order", of);
    }
    if (before.date === session.date && calendar.cutFrom(before) !== calendar.cutFrom(session)) {
      throw bad(place, "the same cutFrom for all sessions of a date", of);
    }
  }
}

function checkSession(calendar: Calendar, session: Session, place: string): void {
  const { open, close, date } = session;
  if (!Number.isInteger(open) || !Number.isInteger(close) || !(open < close)) {
    throw bad(place, "sessions with whole milliseconds open < close", `open ${open}, close ${close}`);
  }
  const of = described(session);
  const day = typeof date === "string" ? dayOfDate(date) : NaN;
  if (!Number.isInteger(day) || isoDate(day) !== date) throw bad(place, "a date as YYYY-MM-DD", of);
  if (Math.abs(open - day * DAY) > 3 * DAY) throw bad(place, "a trading date near the session", of);
  const cut = calendar.cutFrom(session);
  if (!Number.isInteger(cut) || cut > open || open - cut > 2 * DAY) {
    throw bad(place, "cutFrom(session) at or up to two days before its open", `${said(cut)} for ${of}`);
  }
}

function described({ open, close, date }: Session): string {
  return `session ${iso(open)} to ${iso(close)}, date ${said(date)}`;
}

/** Asked in parts, a calendar must answer as it does for the whole. */
function checkParts(calendar: Calendar, from: EpochMs, to: EpochMs, place: string): void {
  const whole = calendar.sessions(from, to);
  for (let t = from; t < to; t += 7 * HOUR) {
    const expected = whole.filter((s) => s.close > t && s.open < t + 5 * HOUR);
    const part = calendar.sessions(t, t + 5 * HOUR);
    if (shown(part) === shown(expected) || t + 5 * HOUR > to) continue;
    const range = `sessions(${iso(t)}, ${iso(t + 5 * HOUR)})`;
    throw bad(place, `${range} to be ${shown(expected) || "none"}`, shown(part) || "none");
  }
}

/** Bars must follow each other without overlap: all sessions of a date are cut from one instant. */
function checkBars(calendar: Calendar, from: EpochMs, to: EpochMs, place: string): void {
  for (const timeframe of ["30m", "4h"]) {
    const { open, close } = barGrid(calendar, timeframe, from, to);
    for (let g = 1; g < open.length; g++) {
      if (open[g]! >= close[g - 1]!) continue;
      throw bad(place, `${timeframe} bars that do not overlap`, `one from ${iso(open[g]!)}: check cutFrom`);
    }
  }
}

function shown(sessions: readonly Session[]): string {
  return sessions.map((s) => `${iso(s.open)} to ${iso(s.close)} (${s.date})`).join(", ");
}

function said(value: unknown): string {
  return value === undefined ? "nothing" : typeof value === "function" ? "a function" : JSON.stringify(value);
}

function bad(place: string, expected: string, received: string): RhymeError {
  return new RhymeError("input", {
    place,
    expected,
    received,
    remedy: "The interface Calendar in src/lib/time/calendar.ts says what a calendar is",
  });
}
