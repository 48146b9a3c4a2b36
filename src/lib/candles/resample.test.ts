import { describe, expect, it } from "vitest";
import { RhymeError } from "../errors.ts";
import { syntheticCandles } from "../testing/candles.ts";
import { calendar24x7 } from "../time/calendar-24x7.ts";
import { calendarUsEquities } from "../time/calendar-us-equities.ts";
import { calendarByName } from "../time/calendars.ts";
import { HOUR, iso, MINUTE } from "../time/units.ts";
import type { CandleSeries } from "./candle-series.ts";
import { makeSeries } from "./make-series.ts";
import { byTimeframe, resample } from "./resample.ts";
import { sliceRows, takeRows } from "./slice.ts";

const START = Date.UTC(2021, 0, 4);

/** Half hours from START on; bar i opens at 10 + i, trades i + 1. */
function halfHours(slots: readonly number[], lagMs = 0): CandleSeries {
  return makeSeries({
    timeframe: "30m",
    calendar: calendar24x7,
    lagMs,
    openTime: slots.map((i) => START + i * 30 * MINUTE),
    open: slots.map((i) => 10 + i),
    high: slots.map((i) => 12 + i),
    low: slots.map((i) => 9 + i),
    close: slots.map((i) => 11 + i),
    volume: slots.map((i) => i + 1),
    trades: slots.map((i) => 2 * i),
    vwap: slots.map((i) => 10.5 + i),
  });
}

const ofBar = (s: CandleSeries, m: number): number[] =>
  [s.open, s.high, s.low, s.close, s.volume, s.trades!, s.partial].map((column) => column[m]!);

describe("resample", () => {
  it("takes the first open, extremes, the last close and sums", () => {
    const hours = resample(halfHours([0, 1, 2, 3]), "1h");
    expect(ofBar(hours, 0)).toEqual([10, 13, 9, 12, 3, 2, 0]);
    expect(ofBar(hours, 1)).toEqual([12, 15, 11, 14, 7, 10, 0]);
    expect(hours.vwap![0]).toBeCloseTo((10.5 + 2 * 11.5) / 3, 12);
    expect([...hours.closeTime]).toEqual([START + HOUR, START + 2 * HOUR]);
    expect([...hours.knownAt]).toEqual([...hours.closeTime]);
  });

  it("has no bar that is still forming", () => {
    expect(resample(halfHours([0, 1, 2]), "1h").openTime).toHaveLength(1);
    expect(resample(halfHours([0]), "1h").openTime).toHaveLength(0);
  });

  it("marks a bar around a hole as partial, also at its edges", () => {
    const hours = resample(halfHours([1, 2, 3, 4, 7]), "1h");
    expect([...hours.partial]).toEqual([1, 0, 1, 1]);
    expect(ofBar(hours, 0)).toEqual([11, 13, 10, 12, 2, 2, 1]);
  });

  it("has no bar where nothing is known", () => {
    const hours = resample(halfHours([0, 1, 6, 7]), "1h");
    expect([...hours.openTime]).toEqual([START, START + 3 * HOUR]);
  });

  it("knows a bar whose last part is missing only when a later row is known", () => {
    const hours = resample(halfHours([0, 3], MINUTE), "1h");
    expect([...hours.knownAt]).toEqual([START + 2 * HOUR + MINUTE, START + 2 * HOUR + MINUTE]);
  });

  it("is known no earlier than its latest member", () => {
    const base = halfHours([0, 1, 2, 3]);
    const late = { ...base, knownAt: base.knownAt.map((t, i) => (i === 1 ? t + 9 * HOUR : t)) };
    expect([...resample(late, "1h").knownAt]).toEqual([START + 10 * HOUR, START + 2 * HOUR]);
  });

  it("closes days, weeks and months of shares with their last session", () => {
    const calendar = calendarUsEquities;
    const base = syntheticCandles({
      seed: 2,
      rows: 400,
      timeframe: "1h",
      calendar,
      start: Date.UTC(2021, 9, 25),
    });
    const day = resample(base, "1d");
    const thanksgivingFriday = day.openTime.indexOf(Date.parse("2021-11-26T14:30:00Z"));
    expect(iso(day.closeTime[thanksgivingFriday]!)).toBe("2021-11-26T18:00:00Z");
    expect(day.partial.some((p) => p === 1)).toBe(false);
    const week = resample(base, "1w");
    // Clocks change between these weeks: 13:30 and 14:30 UTC are both 09:30 in New York.
    expect(Array.from(week.openTime.slice(1, 3), (t) => iso(t))).toEqual([
      "2021-11-01T13:30:00Z",
      "2021-11-08T14:30:00Z",
    ]);
    expect(iso(resample(base, "1mo").closeTime[1]!)).toBe("2021-11-30T21:00:00Z");
  });

  it("over the day on which clocks change keeps four hours of New York", () => {
    const options = { calendar: calendarUsEquities, start: Date.UTC(2021, 2, 11) };
    const base = syntheticCandles({ seed: 5, rows: 60, timeframe: "30m", ...options });
    const opens = Array.from(resample(base, "4h").openTime, (t) => iso(t).slice(5, 16));
    expect(opens.slice(0, 6)).toEqual([
      "03-11T13:00",
      "03-11T17:00",
      "03-12T13:00",
      "03-12T17:00",
      "03-15T12:00",
      "03-15T16:00",
    ]);
  });

  it("counts the hour that opens before its session among the bars of the first day", () => {
    // A Monday: without a trading day before it, its hour of 09:00 New York opens before all that is expected.
    const base = syntheticCandles({
      seed: 3,
      rows: 20,
      timeframe: "1h",
      calendar: calendarUsEquities,
      start: Date.UTC(2021, 10, 22),
    });
    const holed = takeRows(base, Int32Array.from([0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]));
    expect([...resample(holed, "1d").partial]).toEqual([1, 0]);
    expect([...resample(base, "1d").partial.subarray(0, 2)]).toEqual([0, 0]);
  });

  it("finds the day of 25 hours that a late first row belongs to", () => {
    const calendar = calendarByName("24x7@Europe/Athens"); // falls back on 31 October 2021
    const base = syntheticCandles({
      seed: 4,
      rows: 90,
      timeframe: "30m",
      calendar,
      start: Date.parse("2021-10-31T21:30Z"),
    });
    const days = resample(base, "1d");
    expect(Array.from(days.openTime.subarray(0, 2), (t) => iso(t))).toEqual([
      "2021-10-30T21:00:00Z",
      "2021-10-31T22:00:00Z",
    ]);
    expect([days.close[0], days.open[1], days.partial[0], days.partial[1]]).toEqual([
      base.close[0],
      base.open[1],
      1,
      0,
    ]);
  });

  it("in steps equals resampling at once", () => {
    const base = syntheticCandles({ seed: 9, rows: 4000, gapShare: 0.05 });
    const once = resample(base, "4h");
    const stepped = resample(resample(base, "30m"), "4h");
    const from = once.openTime.indexOf(stepped.openTime[0]!);
    expect([...stepped.high]).toEqual([...once.high.slice(from)]);
    expect([...stepped.partial]).toEqual([...once.partial.slice(from)]);
  });

  it("refuses timeframes that do not nest or are finer", () => {
    const base = halfHours([0, 1]);
    expect(() => resample(base, "5m")).toThrow(RhymeError);
    expect(() => resample(resample(base, "1h"), "90m")).toThrow(/whole bars of the finest/);
    expect(() => resample(base, "7x")).toThrow(RhymeError);
  });

  it("returns the series itself for its own timeframe, and nothing for nothing", () => {
    const base = halfHours([0, 1]);
    expect(resample(base, "30m")).toBe(base);
    expect(resample(sliceRows(base, 0, 0), "1d").openTime).toHaveLength(0);
  });
});

describe("byTimeframe", () => {
  it("holds the base and the coarser ones, fine to coarse", () => {
    const base = halfHours([0, 1, 2, 3]);
    const all = byTimeframe(base, ["1h", "30m"]);
    expect(Object.keys(all)).toEqual(["30m", "1h"]);
    expect(all["30m"]).toBe(base);
  });

  it("refuses a list whose finest is not that of the candles", () => {
    expect(() => byTimeframe(halfHours([0]), ["1h", "4h"])).toThrow(/30m, the timeframe of the candles/);
    expect(() => byTimeframe(halfHours([0]), ["5m", "30m"])).toThrow(RhymeError);
    expect(() => byTimeframe(halfHours([0]), [])).toThrow(RhymeError);
  });
});

describe("takeRows", () => {
  it("keeps all columns of the rows", () => {
    const taken = takeRows(halfHours([0, 1, 2]), Int32Array.of(0, 2));
    expect([...taken.open]).toEqual([10, 12]);
    expect([...taken.trades!]).toEqual([0, 4]);
  });
});
