import { describe, expect, it } from "vitest";
import { quietRows, rawOf } from "../testing/raw-rows.ts";
import { calendarFx } from "../time/calendar-fx.ts";
import { calendarUsEquities } from "../time/calendar-us-equities.ts";
import type { Calendar } from "../time/calendar.ts";
import { calendarByName } from "../time/calendars.ts";
import { barGrid } from "../time/grid.ts";
import type { Timeframe } from "../time/timeframe.ts";
import { DAY, iso } from "../time/units.ts";
import { assembleCandles, type AssembledCandles } from "./assemble-candles.ts";
import type { StampConvention } from "./place-stamps.ts";

function assembled(
  times: readonly number[],
  timeframe: Timeframe,
  calendar: Calendar,
  stamp: StampConvention = "open",
): AssembledCandles {
  const raw = { ...rawOf(quietRows(times.length)), stamp: Float64Array.from(times) };
  const options = { source: "test", symbol: "T", lagMs: 0, now: 1e13 } as const;
  return assembleCandles(raw, { ...options, timeframe, calendar, stamp });
}

const week = (calendar: Calendar, timeframe: Timeframe) =>
  barGrid(calendar, timeframe, Date.UTC(2024, 0, 8), Date.UTC(2024, 0, 15));
const utcDays = (weekdays: readonly number[], days: number): number[] =>
  Array.from({ length: days }, (_, i) => Date.UTC(2024, 1, 5) + i * DAY).filter((t) =>
    weekdays.includes(new Date(t).getUTCDay()),
  );

describe("days that end at another hour", () => {
  it("are refused, since they would be known before they end", () => {
    const withSundays = utcDays([0, 1, 2, 3, 4, 5], 70);
    expect(() => assembled(withSundays, "1d", calendarFx)).toThrow(
      /a\.csv:7: expected 1d bars of the trading days of fx \(America\/New_York\), got 2024-02-11T00:00:00Z, and 10 of 60 rows on days without a session.*--calendar fx@UTC/,
    );
    const { series } = assembled(withSundays, "1d", calendarByName("fx@UTC"));
    expect([series.openTime.length, iso(series.closeTime[0]!)]).toEqual([60, "2024-02-06T00:00:00Z"]);
  });

  it("of a market that never closes are no days of shares", () => {
    const everyDay = utcDays([0, 1, 2, 3, 4, 5, 6], 70);
    expect(() => assembled(everyDay, "1d", calendarUsEquities)).toThrow(/24x7 where every day is one/);
  });

  it("may lie on a holiday that the calendar knows and the file does not", () => {
    const { series, findings } = assembled(utcDays([1, 2, 3, 4, 5], 70), "1d", calendarUsEquities);
    expect(findings.map(({ kind, count }) => [kind, count])).toEqual([
      ["outside-session", 1], // Presidents' Day
      ["outside-session", 1], // Good Friday
    ]);
    expect(series.openTime.length).toBe(48);
  });
});

describe("stamps of opens that are read as closes", () => {
  it.each<[Timeframe, Calendar]>([
    ["5m", calendarUsEquities],
    ["30m", calendarUsEquities],
    ["1m", calendarByName("us-equities@UTC")],
  ])("are refused where the market opens with one and ends with none: %s", (timeframe, calendar) => {
    const { open, close } = week(calendar, timeframe);
    expect(() => assembled([...open], timeframe, calendar, "close")).toThrow(
      /expected closes of \w+ bars of .*2024-01-08T14:30:00Z, where the market opens; 5 rows are like it.*Leave --stamp close out/,
    );
    expect(assembled([...close], timeframe, calendar, "close").series.openTime).toEqual(open);
  });

  it("are believed where the opening auction has a row of its own, as long as sessions end with one", () => {
    const { open, close, session } = week(calendarUsEquities, "5m");
    const auctions = [...open].filter((_, i) => i === 0 || session[i] !== session[i - 1]);
    const { series, findings } = assembled([...close, ...auctions], "5m", calendarUsEquities, "close");
    expect(series.openTime).toEqual(open);
    expect(findings.map(({ kind, count }) => `${kind} ×${count}`)).toContain("outside-session ×5");
  });
});
