import { describe, expect, it } from "vitest";
import { calendarFx as fx } from "./calendar-fx.ts";
import { barGrid } from "./grid.ts";
import { horizonBars, horizonEnds } from "./horizon.ts";
import { DAY, iso } from "./units.ts";

const sessions = (from: string, to: string): string[] =>
  fx.sessions(Date.parse(from), Date.parse(to)).map((s) => `${s.date} ${iso(s.open).slice(5, 16)}`);
const bars = (timeframe: string, from: string, to: string): string[] => {
  const grid = barGrid(fx, timeframe, Date.parse(from), Date.parse(to));
  return Array.from(grid.open, (open, g) => `${iso(open).slice(5, 16)} ${iso(grid.close[g]!).slice(5, 16)}`);
};

describe("fx", () => {
  it("opens on Sunday at 17:00 New York, dated Monday, and closes on Friday at 17:00", () => {
    expect(sessions("2021-06-05", "2021-06-12")).toEqual([
      "2021-06-07 06-06T21:00",
      "2021-06-08 06-07T21:00",
      "2021-06-09 06-08T21:00",
      "2021-06-10 06-09T21:00",
      "2021-06-11 06-10T21:00",
    ]);
    expect(fx.sessions(Date.UTC(2021, 5, 11, 21), Date.UTC(2021, 5, 13, 21))).toEqual([]);
  });

  it("has weeks of five days of 24 hours, also around both changes of clocks", () => {
    for (const sunday of ["2021-03-07", "2021-03-14", "2021-10-31", "2021-11-07"]) {
      const week = fx.sessions(Date.parse(sunday), Date.parse(sunday) + 6 * DAY);
      expect(week.map((s) => s.close - s.open)).toEqual([1, 1, 1, 1, 1].map((days) => days * DAY));
    }
    expect(sessions("2021-03-11T22:00Z", "2021-03-15")).toEqual([
      "2021-03-12 03-11T22:00",
      "2021-03-15 03-14T21:00",
    ]);
  });

  it("is closed on the trading days of Christmas and New Year, from 17:00 on the eve", () => {
    expect(sessions("2018-12-24", "2019-01-03").map((s) => s.slice(0, 10))).toEqual([
      "2018-12-24", "2018-12-26", "2018-12-27", "2018-12-28", "2018-12-31", "2019-01-02", "2019-01-03",
    ]); // prettier-ignore
    expect(sessions("2018-12-25", "2018-12-25T22:00Z")).toEqual([]);
    // On a Saturday or Sunday they move no other day.
    expect(sessions("2021-12-23", "2021-12-28").map((s) => s.slice(0, 10))).toEqual([
      "2021-12-23", "2021-12-24", "2021-12-27", "2021-12-28",
    ]); // prettier-ignore
  });

  it("cuts 4h bars at 17, 21, 01, 05, 09 and 13 o'clock in New York, in winter and summer", () => {
    const opens = (from: string, to: string): string[] => bars("4h", from, to).map((bar) => bar.slice(6, 11));
    expect(opens("2021-01-04T22:00Z", "2021-01-05T22:00Z")).toEqual([
      "22:00", "02:00", "06:00", "10:00", "14:00", "18:00",
    ]); // prettier-ignore
    expect(opens("2021-07-05T21:00Z", "2021-07-06T21:00Z")).toEqual([
      "21:00", "01:00", "05:00", "09:00", "13:00", "17:00",
    ]); // prettier-ignore
  });

  it("has weeks from Sunday evening to Friday, and months of trading dates", () => {
    expect(bars("1w", "2021-11-01", "2021-11-15")).toEqual([
      "11-07T22:00 11-12T22:00",
      "11-14T22:00 11-19T22:00",
    ]);
    expect(bars("1d", "2021-11-05", "2021-11-09")).toEqual([
      "11-07T22:00 11-08T22:00",
      "11-08T22:00 11-09T22:00",
    ]);
    // 1 November 2021 is a Monday: it opens on Sunday, 31 October.
    expect(bars("1mo", "2021-10-15", "2021-11-15")).toEqual(["10-31T21:00 11-30T22:00"]);
  });

  it("counts horizons in its own days and weeks", () => {
    const counts = [["1d", "1h"], ["5d", "1h"], ["1w", "4h"], ["1w", "1d"], ["1mo", "1d"], ["4h", "5m"]] as const; // prettier-ignore
    expect(counts.map(([horizon, timeframe]) => horizonBars(horizon, timeframe, fx))).toEqual([
      24, 120, 30, 5, 21, 48,
    ]);
    const grid = barGrid(fx, "1h", Date.UTC(2021, 11, 20), Date.UTC(2022, 0, 5));
    const endOf = (horizon: string, open: string): string =>
      iso(grid.open[horizonEnds(grid, fx, horizon)[grid.open.indexOf(Date.parse(open))]!]!);
    expect(endOf("1d", "2021-12-24T10:00:00Z")).toBe("2021-12-27T10:00:00Z");
    expect(endOf("1h", "2021-12-24T21:00:00Z")).toBe("2021-12-26T22:00:00Z");
  });
});
