import { describe, expect, it } from "vitest";
import { gapLedger } from "../candles/gap-ledger.ts";
import { calendarUsEquities } from "../time/calendar-us-equities.ts";
import { syntheticCandles } from "./candles.ts";
import { bitEqual, expectAllClose } from "./matchers.ts";

describe("synthetic candles", () => {
  it("are the same for the same seed, other for another, and do not depend on the count", () => {
    const a = syntheticCandles({ seed: 1, rows: 300, gapShare: 0.1 });
    const b = syntheticCandles({ seed: 1, rows: 200, gapShare: 0.1 });
    for (const column of ["openTime", "open", "high", "low", "close", "volume"] as const) {
      expect(bitEqual(a[column].slice(0, 200), b[column]), column).toBe(true);
    }
    expect(bitEqual(a.close, syntheticCandles({ seed: 2, rows: 300 }).close)).toBe(false);
  });

  it("lie on every calendar and timeframe, with holes only where asked for", () => {
    for (const timeframe of ["5m", "4h", "1d", "1w", "1mo"]) {
      const whole = gapLedger(
        syntheticCandles({ seed: 1, rows: 120, timeframe, calendar: calendarUsEquities }),
      );
      expect(whole.known.length, timeframe).toBe(120);
    }
    const holed = gapLedger(syntheticCandles({ seed: 1, rows: 5000, gapShare: 0.1 }));
    expect(5000 / holed.known.length).toBeGreaterThan(0.8);
    expect(5000 / holed.known.length).toBeLessThan(0.95);
  });

  it("have volatility that clusters", () => {
    const { open, close } = syntheticCandles({ seed: 1, rows: 20_000 });
    const size = close.map((c, i) => Math.abs(Math.log(c / open[i]!)));
    const mean = size.reduce((sum, x) => sum + x, 0) / size.length;
    let [covariance, variance] = [0, 0];
    for (let i = 1; i < size.length; i++) {
      covariance += (size[i]! - mean) * (size[i - 1]! - mean);
      variance += (size[i]! - mean) ** 2;
    }
    expect(covariance / variance).toBeGreaterThan(0.1);
  });
});

describe("matchers", () => {
  it("compare within a tolerance and name the first difference", () => {
    expectAllClose([1, NaN, Infinity], [1 + 1e-12, NaN, Infinity]);
    expectAllClose([1.05], [1], { rtol: 0, atol: 0.06 });
    expect(() => expectAllClose([1, 2], [1, 2.1])).toThrow(/\[1\] is 2, expected 2.1/);
    expect(() => expectAllClose([NaN], [1])).toThrow(/NaN/);
    expect(() => expectAllClose([1], [1, 2])).toThrow(/length/);
  });

  it("compare bits: types, signs of zero, NaN", () => {
    expect(bitEqual(Float64Array.of(NaN, 1), Float64Array.of(NaN, 1))).toBe(true);
    expect(bitEqual(Float64Array.of(0), Float64Array.of(-0))).toBe(false);
    expect(bitEqual(Float64Array.of(1), Float32Array.of(1))).toBe(false);
    expect(bitEqual(Float64Array.of(1, 2).subarray(1), Float64Array.of(2))).toBe(true);
  });
});
