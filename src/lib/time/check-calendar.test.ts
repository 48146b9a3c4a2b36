import { describe, expect, it } from "vitest";
import { RhymeError } from "../errors.ts";
import { tokyoCalendar } from "../testing/tokyo-calendar.ts";
import type { Calendar, Session } from "./calendar.ts";
import { calendarByName, CALENDAR_NAMES } from "./calendars.ts";
import { checkCalendar } from "./check-calendar.ts";
import { DAY, HOUR } from "./units.ts";

/** Tokyo, with every session changed. */
const changed = (change: (session: Session) => Session): Calendar => ({
  ...tokyoCalendar,
  sessions: (from, to) => tokyoCalendar.sessions(from, to).map(change),
});

describe("checkCalendar", () => {
  it("lets every calendar of ours pass, and one with a break", () => {
    const names = [...CALENDAR_NAMES, "fx@UTC", "24x7@Europe/Athens"];
    for (const name of names) {
      const calendar = calendarByName(name);
      expect(() => checkCalendar({ ...calendar, name: name.replace(/[@/]/g, "-") }), name).not.toThrow();
    }
    expect(() => checkCalendar(tokyoCalendar)).not.toThrow();
  });

  it.each<[string, unknown, RegExp]>([
    ["nothing", undefined, /a name of letters.* got nothing/],
    ["a function", () => tokyoCalendar, /a name of letters/],
    ["a name with @", { ...tokyoCalendar, name: "tokyo@UTC" }, /a name of letters.* got "tokyo@UTC"/],
    ["no zone", { ...tokyoCalendar, zone: undefined }, /tokyo: expected zone/],
    ["an unknown zone", { ...tokyoCalendar, zone: "Mars/Olympus" }, /got "Mars\/Olympus"/],
    ["a zone with an offset", { ...tokyoCalendar, zone: "America/New_York+07:00" }, /an IANA time zone/],
    ["no sessions", { ...tokyoCalendar, sessions: undefined }, /sessions\(from, to\), a function/],
    ["a promise", { ...tokyoCalendar, sessions: async () => [] }, /to return an array/],
    ["sessions of nothing", { ...tokyoCalendar, sessions: () => [] }, /sessions between .* got none/],
    ["no cutFrom", { ...tokyoCalendar, cutFrom: null }, /cutFrom\(session\), a function/],
    ["bars from after the open", { ...tokyoCalendar, cutFrom: (s: Session) => s.open + 1 }, /at or up to two days/],
    ["bars of each session apart", { ...tokyoCalendar, cutFrom: (s: Session) => s.open - 90 * 60_000 }, /the same cutFrom/],
    ["seconds", changed((s) => ({ ...s, open: s.open / 7 })), /whole milliseconds open < close/],
    ["a date in words", changed((s) => ({ ...s, date: "7 June 2021" })), /a date as YYYY-MM-DD/],
    ["a date that is none", changed((s) => ({ ...s, date: `${s.date.slice(0, 7)}-32` })), /a date as YYYY-MM-DD/],
    ["a date of another year", changed((s) => ({ ...s, date: `1999${s.date.slice(4)}` })), /a trading date near/],
    ["sessions that overlap", changed((s) => ({ ...s, close: s.close + 2 * HOUR })), /do not overlap/],
    [
      "sessions cut to the range",
      { ...tokyoCalendar, sessions: (from: number, to: number) => tokyoCalendar.sessions(from, to).map((s) => ({ ...s, open: Math.max(s.open, from) })) },
      /sessions\(.*\) to be/,
    ],
    [
      "whole days whatever the range",
      { ...tokyoCalendar, sessions: (from: number, to: number) => tokyoCalendar.sessions(from - DAY, to) },
      /sessions\(.*\) to be none/,
    ],
  ])("refuses %s", (_, value, message) => {
    expect(() => checkCalendar(value)).toThrow(RhymeError);
    expect(() => checkCalendar(value)).toThrow(message);
  }); // prettier-ignore
});
