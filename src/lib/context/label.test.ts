import { describe, expect, it } from "vitest";
import type { CandleSeries } from "../candles/candle-series.ts";
import { makeSeries } from "../candles/make-series.ts";
import { takeRows } from "../candles/slice.ts";
import { syntheticCandles } from "../testing/candles.ts";
import { calendar24x7 } from "../time/calendar-24x7.ts";
import { calendarUsEquities } from "../time/calendar-us-equities.ts";
import { MINUTE } from "../time/units.ts";
import { contextAt } from "./context-at.ts";
import { CONTEXT_STATES, type ContextColumns } from "./context.ts";
import { labelHorizon } from "./label.ts";

/** Bars of 5m given as [high, low, close] after `quiet` bars of 101, 99, 100, whose ATR is 2. */
function bars(quiet: number, then: readonly (readonly [number, number, number])[]): CandleSeries {
  const all = [...Array.from({ length: quiet }, () => [101, 99, 100] as const), ...then];
  return makeSeries({
    timeframe: "5m",
    calendar: calendar24x7,
    openTime: all.map((_, i) => i * 5 * MINUTE),
    open: all.map(([, , close]) => close),
    high: all.map(([high]) => high),
    low: all.map(([, low]) => low),
    close: all.map(([, , close]) => close),
  });
}

const without = (series: CandleSeries, ...gone: readonly number[]): CandleSeries =>
  takeRows(
    series,
    Int32Array.from(Array.from(series.openTime, (_, i) => i).filter((i) => !gone.includes(i))),
  );
const stateOf = (columns: ContextColumns, row: number): string => CONTEXT_STATES[columns.state[row]!]!;

describe("what followed, by hand", () => {
  // ATR14 is 2 at row 19; two bars follow: true ranges 4 and 6
  const columns = labelHorizon(bars(20, [[103, 99, 102], [108, 102, 104]]), "10m"); // prettier-ignore
  const context = contextAt(columns, 19)!;

  it("is measured from the close of the anchor to the close of the last bar", () => {
    expect(context.return).toBeCloseTo(Math.log(1.04), 12);
    expect(context.roc).toBeCloseTo(0.04, 12);
    expect(context.direction).toBe(1);
    expect(context.maxGain).toBeCloseTo(Math.log(1.08), 12);
    expect(context.maxLoss).toBeCloseTo(Math.log(0.99), 12);
  });
  it("has its true range averaged, over the price and over ATR14", () => {
    expect(context.atr).toBeCloseTo(5 / 100, 12);
    expect(context.logAtrRatio).toBeCloseTo(Math.log(5 / 2), 12);
    expect(columns.atrNow[19]).toBeCloseTo(2 / 100, 12);
    const returns = [Math.log(1.02), Math.log(104 / 102)];
    expect(context.realisedVolatility).toBeCloseTo(Math.hypot(...returns), 12);
  });
  it("is known with the last bar, and not before", () => {
    expect(context.matureAt).toBe(22 * 5 * MINUTE);
    expect(context.crossesClose).toBe(false);
    expect([18, 19, 20, 21].map((row) => stateOf(columns, row))).toEqual([
      "mature",
      "mature",
      "pending",
      "pending",
    ]);
    expect(contextAt(columns, 20)).toBeNull();
  });
});

describe("the barrier at ATR14 · √bars on either side", () => {
  const barrier = (...then: [number, number, number][]): number | null =>
    contextAt(labelHorizon(bars(20, then), `${then.length * 5}m`), 19)!.barrier; // ATR14 = 2

  it("is 1 where the upper side is touched first, −1 where the lower, 0 where neither", () => {
    expect(barrier([104, 99, 100], [100, 90, 95], [100, 90, 95], [100, 90, 95])).toBe(1); // exactly 4 away
    expect(barrier([101, 96, 100], [110, 99, 105], [110, 99, 105], [110, 99, 105])).toBe(-1);
    expect(barrier([103, 97, 100], [103, 97, 100], [103, 97, 100], [103, 97, 100])).toBe(0);
  });
  it("is null where one bar touches both, although the context is mature", () => {
    expect(barrier([105, 95, 100], [101, 99, 100], [101, 99, 100], [101, 99, 100])).toBeNull();
  });
});

describe("without movement", () => {
  const still = bars(
    0,
    Array.from({ length: 60 }, () => [100, 100, 100] as const),
  );
  it("a context is mature, its ratio and its barrier are null, the rest is zero", () => {
    expect(contextAt(labelHorizon(still, "1h"), 40)).toMatchObject({
      return: 0,
      atr: 0,
      logAtrRatio: null,
      barrier: null,
      realisedVolatility: 0,
      rvi: 50,
      direction: 0,
    });
  });
});

describe("a missing bar", () => {
  const whole = syntheticCandles({ seed: 4, rows: 60 });
  const columns = labelHorizon(without(whole, 30), "20m");
  it("leaves exactly the labels undefined whose horizon it lies in", () => {
    const undefinedRows = Array.from(columns.state, (_, row) => row).filter(
      (row) => stateOf(columns, row) === "undefined",
    );
    expect(undefinedRows).toEqual([26, 27, 28, 29]);
    expect(contextAt(columns, 28)).toBeNull();
    expect(columns.values.return[28]).toBeNaN();
  });
  it("keeps a label pending until the horizon is over", () => {
    expect(stateOf(labelHorizon(without(whole, 58), "20m"), 57)).toBe("pending");
  });
});

describe("market time", () => {
  const hours = syntheticCandles({ seed: 6, rows: 80, timeframe: "1h", calendar: calendarUsEquities });
  it("crosses the close of a session and says so", () => {
    const columns = labelHorizon(hours, "2h");
    expect(Array.from(columns.crossesClose.slice(0, 8))).toEqual([0, 0, 0, 0, 0, 1, 1, 0]);
    expect(stateOf(columns, 6)).toBe("mature");
  });
  it("never closes on 24x7", () => {
    expect(labelHorizon(syntheticCandles({ seed: 6, rows: 600 }), "1d").crossesClose).not.toContain(1);
  });
});

it("a row that arrived late makes every label that has seen it as late as itself", () => {
  const series = syntheticCandles({ seed: 8, rows: 60 });
  const late = series.knownAt[50]!;
  const columns = labelHorizon(
    { ...series, knownAt: series.knownAt.map((t, i) => (i === 20 ? late : t)) },
    "10m",
  );
  expect(columns.matureAt[17]).toBe(series.knownAt[19]);
  expect(Array.from(columns.matureAt.slice(18, 49)).every((t) => t === late)).toBe(true);
  expect(columns.matureAt[49]).toBe(series.knownAt[51]);
});

it("a series without bars has no labels, and one bar is pending", () => {
  const one = syntheticCandles({ seed: 1, rows: 1 });
  expect(labelHorizon(takeRows(one, new Int32Array()), "1h").state.length).toBe(0);
  expect(stateOf(labelHorizon(one, "1h"), 0)).toBe("pending");
});

it("a horizon shorter than a bar is refused", () => {
  expect(() => labelHorizon(syntheticCandles({ seed: 1, rows: 20, timeframe: "1h" }), "30m")).toThrow(/30m/);
});
