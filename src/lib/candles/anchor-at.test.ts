import { describe, expect, it } from "vitest";
import { syntheticCandles } from "../testing/candles.ts";
import { calendarUsEquities } from "../time/calendar-us-equities.ts";
import { MINUTE } from "../time/units.ts";
import { anchorAt } from "./anchor-at.ts";
import { takeRows } from "./slice.ts";

const whole = syntheticCandles({ seed: 2, rows: 50 });
const without = (...rows: number[]): typeof whole =>
  takeRows(whole, Int32Array.from([...Array(50).keys()].filter((row) => !rows.includes(row))));

describe("the anchor of an instant", () => {
  it("is the newest candle known by then, also between two closes", () => {
    expect(anchorAt(whole, whole.knownAt[20]!)).toBe(20);
    expect(anchorAt(whole, whole.knownAt[20]! - 1)).toBe(19);
    expect(anchorAt(whole, whole.knownAt[49]! + 4 * MINUTE)).toBe(49);
  });
  it("may lie one missing bar back, and no more", () => {
    expect(anchorAt(without(21), whole.knownAt[21]!)).toBe(20);
    expect(() => anchorAt(without(21, 22), whole.knownAt[22]!)).toThrow(/at most 1 missing.*2 bars missing/);
  });
  it("is refused before the first candle and long after the last", () => {
    expect(() => anchorAt(whole, whole.openTime[0]!)).toThrow(/before the first candle was known/);
    expect(() => anchorAt(whole, whole.knownAt[49]! + 60 * MINUTE)).toThrow(/12 bars missing.*ends there/);
  });
  it("counts no missing bars while the market is closed", () => {
    const daily = syntheticCandles({ seed: 3, rows: 30, timeframe: "1d", calendar: calendarUsEquities });
    const friday = daily.knownAt.findIndex((t) => new Date(t).getUTCDay() === 5);
    expect(anchorAt(daily, daily.knownAt[friday]! + 40 * 60 * MINUTE)).toBe(friday); // on Sunday
  });
});
