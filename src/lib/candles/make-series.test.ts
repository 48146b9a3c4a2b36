import { describe, expect, it } from "vitest";
import { RhymeError } from "../errors.ts";
import { calendar24x7 } from "../time/calendar-24x7.ts";
import { calendarUsEquities } from "../time/calendar-us-equities.ts";
import { makeSeries, type MakeSeriesOptions } from "./make-series.ts";

const good: MakeSeriesOptions = {
  timeframe: "5m",
  calendar: calendar24x7,
  openTime: [0, 300_000, 900_000],
  open: [1, 2, 3],
  high: [2, 3, 4],
  low: [1, 2, 3],
  close: [2, 3, 4],
};

describe("makeSeries", () => {
  it("fills closes from the calendar, knownAt from the lag, volume with 0", () => {
    const series = makeSeries({ ...good, lagMs: 1000 });
    expect([...series.closeTime]).toEqual([300_000, 600_000, 1_200_000]);
    expect([...series.knownAt]).toEqual([301_000, 601_000, 1_201_000]);
    expect([...series.volume]).toEqual([0, 0, 0]);
    expect("trades" in series).toBe(false);
  });

  it("closes a bar with its session", () => {
    const openTime = [Date.parse("2021-11-26T17:00:00Z")];
    const one = { open: [1], high: [1], low: [1], close: [1] };
    const series = makeSeries({ ...one, openTime, timeframe: "4h", calendar: calendarUsEquities });
    expect(series.closeTime[0]).toBe(Date.parse("2021-11-26T18:00:00Z"));
  });

  it("accepts no rows at all", () => {
    const none = { openTime: [], open: [], high: [], low: [], close: [] };
    expect(makeSeries({ ...none, timeframe: "1d", calendar: calendarUsEquities }).openTime).toHaveLength(0);
  });

  it.each<[string, Partial<MakeSeriesOptions>, RegExp]>([
    ["descending times", { openTime: [300_000, 0, 900_000] }, /openTime\[1\]: expected a time after/],
    ["equal times", { openTime: [0, 0, 900_000] }, /openTime\[1\]/],
    ["fractional times", { openTime: [0, 0.5, 900_000] }, /integer of epoch milliseconds, got 0.5/],
    [
      "times off the grid",
      { openTime: [0, 300_001, 900_000] },
      /openTime\[1\]: expected the open of a 5m bar of 24x7/,
    ],
    ["a high below the close", { high: [2, 2.5, 4] }, /candle 1970-01-01T00:05:00Z/],
    ["a low above the open", { low: [1, 2.5, 3] }, /low ≤ open/],
    ["a price of 0", { low: [0, 2, 3] }, /finite positive prices/],
    ["NaN", { close: [NaN, 3, 4] }, /close NaN/],
    ["an infinite high", { high: [Infinity, 3, 4] }, /high Infinity/],
    ["a negative volume", { volume: [1, -1, 1] }, /volume\[1\]/],
    ["a shorter column", { low: [1, 2] }, /low: expected 3 values, got 2/],
    [
      "a fact known before its close",
      { knownAt: [1, 2, 3] },
      /knownAt\[0\]: expected a time not before the close/,
    ],
    ["an unknown timeframe", { timeframe: "7m" }, /timeframe/],
  ])("refuses %s", (_, change, message) => {
    expect(() => makeSeries({ ...good, ...change })).toThrow(RhymeError);
    expect(() => makeSeries({ ...good, ...change })).toThrow(message);
  });
});
