import { describe, expect, it } from "vitest";
import { tokyoCalendar } from "../testing/tokyo-calendar.ts";
import type { Calendar } from "./calendar.ts";
import { calendarByName } from "./calendars.ts";
import { derivedCalendar } from "./derived-calendar.ts";
import { barGrid } from "./grid.ts";
import { horizonBars } from "./horizon.ts";
import { iso } from "./units.ts";

const shown = (c: Calendar, from: string, to: string): string[] =>
  c
    .sessions(Date.parse(from), Date.parse(to))
    .map((s) => `${s.date} ${iso(s.open).slice(5, 16)} ${iso(s.close).slice(5, 16)}`);
const opens = (c: Calendar, timeframe: string, from: string, to: string): string[] =>
  Array.from(barGrid(c, timeframe, Date.parse(from), Date.parse(to)).open, (t) => iso(t).slice(5, 16));

describe("fx@UTC", () => {
  const utc = calendarByName("fx@UTC");

  it("has UTC days with a short Sunday and a short Friday", () => {
    expect(shown(utc, "2021-06-06", "2021-06-14")).toEqual([
      "2021-06-06 06-06T21:00 06-07T00:00",
      "2021-06-07 06-07T00:00 06-08T00:00",
      "2021-06-08 06-08T00:00 06-09T00:00",
      "2021-06-09 06-09T00:00 06-10T00:00",
      "2021-06-10 06-10T00:00 06-11T00:00",
      "2021-06-11 06-11T00:00 06-11T21:00",
      "2021-06-13 06-13T21:00 06-14T00:00",
    ]);
  });

  it("has 4h bars from UTC midnight, also the one around the opening on Sunday", () => {
    expect(opens(utc, "4h", "2021-06-06", "2021-06-07T05:00Z")).toEqual([
      "06-06T20:00",
      "06-07T00:00",
      "06-07T04:00",
    ]);
  });

  it("keeps New York as the market's clock", () => {
    expect([utc.name, utc.zone]).toEqual(["fx@UTC", "America/New_York"]);
  });

  it("begins a week on Sunday evening and a month with its own first date", () => {
    expect(opens(utc, "1w", "2021-10-25", "2021-11-09")).toEqual(["10-31T21:00", "11-07T22:00"]);
    const [week] = barGrid(utc, "1w", Date.UTC(2021, 9, 31), Date.UTC(2021, 10, 1)).close;
    expect(iso(week!)).toBe("2021-11-05T21:00:00Z");
    expect(opens(utc, "1mo", "2021-10-25", "2021-11-09")).toEqual(["11-01T00:00"]);
  });

  it("counts six days to a week", () => {
    expect(["1d", "1w"].map((horizon) => horizonBars(horizon, "4h", utc))).toEqual([6, 36]);
    expect(horizonBars("1w", "1d", utc)).toBe(6);
  });
});

describe("a derived calendar", () => {
  it("follows the clock of its zone: 24x7@Europe/Athens has a day of 23 hours and one of 25", () => {
    const athens = calendarByName("24x7@Europe/Athens");
    expect(shown(athens, "2021-03-27T22:00Z", "2021-03-28T21:00Z")).toEqual(["2021-03-28 03-27T22:00 03-28T21:00"]);
    expect(shown(athens, "2021-10-30T21:00Z", "2021-10-31T22:00Z")).toEqual(["2021-10-31 10-30T21:00 10-31T22:00"]);
    expect(athens.zone).toBe("UTC");
    // Weeks begin with Athens' Monday, although it is Sunday in UTC then.
    expect(opens(athens, "1w", "2021-06-05", "2021-06-12")).toEqual(["06-06T21:00"]);
  }); // prettier-ignore

  it("of a clock whose midnight is the New York close has the very days of fx", () => {
    const [fx, broker] = ["fx", "fx@America/New_York+07:00"].map(calendarByName) as [Calendar, Calendar];
    const [from, to] = [Date.UTC(2020, 11, 1), Date.UTC(2022, 0, 20)];
    expect(broker.sessions(from, to)).toEqual(fx.sessions(from, to));
    expect([...barGrid(broker, "4h", from, to).open]).toEqual([...barGrid(fx, "4h", from, to).open]);
  });

  it("of sessions within one day differs only in where bars are counted from", () => {
    const utc = calendarByName("us-equities@UTC");
    const base = calendarByName("us-equities");
    const [from, to] = [Date.UTC(2021, 10, 1), Date.UTC(2021, 11, 1)];
    expect(utc.sessions(from, to)).toEqual(base.sessions(from, to));
    expect(opens(utc, "4h", "2021-11-24", "2021-11-25")).toEqual([
      "11-24T12:00",
      "11-24T16:00",
      "11-24T20:00",
    ]);
  });

  it("keeps a break, and is derived from a calendar of the user too", () => {
    const utc = derivedCalendar(tokyoCalendar, "UTC");
    expect(shown(utc, "2021-06-07", "2021-06-08")).toEqual([
      "2021-06-07 06-07T00:00 06-07T02:30",
      "2021-06-07 06-07T03:30 06-07T06:00",
    ]);
  });
});

describe("a break within the trading day", () => {
  it("ends an hour early and begins the next one late", () => {
    expect(opens(tokyoCalendar, "1h", "2021-06-07", "2021-06-08")).toEqual([
      "06-07T00:00", "06-07T01:00", "06-07T02:00", "06-07T03:00", "06-07T04:00", "06-07T05:00",
    ]); // prettier-ignore
    expect(opens(tokyoCalendar, "30m", "2021-06-07T02:00Z", "2021-06-07T04:00Z")).toEqual(["06-07T02:00", "06-07T03:30"]); // prettier-ignore
  });

  it("lies inside a bar that is longer, and inside days, weeks and months", () => {
    const spans = (timeframe: string, from: string): string[] => {
      const grid = barGrid(tokyoCalendar, timeframe, Date.parse(from), Date.parse(from) + 1);
      return Array.from(grid.close, (t) => iso(t).slice(5, 16));
    };
    expect(spans("8h", "2021-06-06T23:00Z")).toEqual(["06-07T06:00"]);
    expect(spans("1d", "2021-06-07T00:00Z")).toEqual(["06-07T06:00"]);
    expect(spans("1w", "2021-06-07T00:00Z")).toEqual(["06-11T06:00"]);
  });

  it("makes one trading day of two sessions for horizons", () => {
    expect(["1d", "5d", "1w"].map((horizon) => horizonBars(horizon, "30m", tokyoCalendar))).toEqual([10, 50, 50]);
    const { session } = barGrid(tokyoCalendar, "1h", Date.UTC(2021, 5, 7), Date.UTC(2021, 5, 9));
    expect([...session]).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
  }); // prettier-ignore
});
