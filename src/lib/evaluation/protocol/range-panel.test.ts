import { describe, expect, it } from "vitest";
import type { CandleSeries } from "../../candles/candle-series.ts";
import { harRegressors } from "../../forecast/har-regressors.ts";
import { createRng } from "../../math/rng.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { bitEqual, expectAllClose } from "../../testing/matchers.ts";
import { HOUR } from "../../time/units.ts";
import { RANGE_LAGS, rangePanel, returnPanel } from "./range-panel.ts";

const K = RANGE_LAGS.length;
const candles = syntheticCandles({ seed: 3, rows: 900, timeframe: "1h", gapShare: 0.02 });

/** Mean true range per previous close over rows from..to. */
function meanRange({ high, low, close }: CandleSeries, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i <= to; i++) {
    const before = close[i - 1]!;
    sum += (Math.max(high[i]!, before) - Math.min(low[i]!, before)) / before;
  }
  return sum / (to - from + 1);
}

describe("a range panel", () => {
  it("holds y_H and A_k of every row as they are defined", () => {
    const panel = rangePanel([candles], 4);
    expect(panel.target.length).toBeGreaterThan(300);
    panel.row.forEach((t, r) => {
      expectAllClose([panel.target[r]!], [Math.log(meanRange(candles, t + 1, t + 4) + 1e-7)], {
        rtol: 1e-10,
      });
      const trailing = RANGE_LAGS.map((lag) => Math.log(meanRange(candles, t - lag + 1, t) + 1e-7));
      expectAllClose(panel.trailing.subarray(r * K, r * K + K), trailing, { rtol: 1e-10 });
      expect([panel.start[r], panel.end[r]]).toEqual([candles.knownAt[t], candles.knownAt[t + 4]]);
    });
  });

  it("begins with the first row that has all lags, and leaves out each target with a break in it", () => {
    const panel = rangePanel([candles], 4);
    const { openTime } = candles;
    const whole = [...openTime.keys()].filter((t) => {
      if (t < 480 || t + 4 >= 900) return false;
      for (let i = t + 1; i <= t + 4; i++) if (openTime[i]! - openTime[i - 1]! !== HOUR) return false;
      return true;
    });
    expect([...panel.row]).toEqual(whole);
    expect(panel.dropped).toBe(1 - whole.length / (900 - 4 - 480));
    expect(panel.dropped).toBeGreaterThan(0.02);
  });

  it("is the same for a series alone and behind another", () => {
    const other = syntheticCandles({ seed: 8, rows: 700, timeframe: "1h" });
    const [alone, both] = [rangePanel([candles], 24), rangePanel([other, candles], 24)];
    const from = both.of.indexOf(1);
    expect(bitEqual(both.target.slice(from), alone.target)).toBe(true);
    expect(bitEqual(both.trailing.slice(from * K), alone.trailing)).toBe(true);
    expect(both.of.slice(0, from).every((s) => s === 0)).toBe(true);
  });

  it("does not change, bit for bit, in what had been decided when the future is cut off or turned into garbage", () => {
    const rng = createRng(5);
    const panel = rangePanel([candles], 4);
    const garbage = (x: Float64Array, keep: number): Float64Array =>
      x.map((v, i) => (i <= keep ? v : v * (0.5 + rng.next())));
    for (const keep of [500, 640, 899]) {
      const known = panel.row.filter((t) => t + 4 <= keep).length;
      const decided = panel.row.filter((t) => t <= keep).length;
      const { high, low, close } = candles;
      const wild = { high: garbage(high, keep), low: garbage(low, keep), close: garbage(close, keep) };
      const other = rangePanel([{ ...candles, ...wild }], 4);
      expect(bitEqual(other.target.slice(0, known), panel.target.slice(0, known))).toBe(true);
      expect(bitEqual(other.trailing.slice(0, decided * K), panel.trailing.slice(0, decided * K))).toBe(true);
    }
  });

  it("decides at no row before all bars up to it were known: one that came late holds up those behind it", () => {
    const whole = syntheticCandles({ seed: 1, rows: 40, timeframe: "1h" });
    const knownAt = whole.knownAt.slice();
    knownAt[20] = knownAt[25]!;
    for (const panelOf of [rangePanel, returnPanel]) {
      const panel = panelOf([{ ...whole, knownAt }], 1, { lags: [1] });
      panel.row.forEach((t, r) => {
        expect(panel.start[r]).toBe(Math.max(...knownAt.subarray(0, t + 1)));
        expect(panel.end[r]).toBe(Math.max(...knownAt.subarray(0, t + 2)));
      });
      expect([panel.row[0], panel.row.length]).toEqual([1, 38]);
    }
  });

  it("agrees with the regressors of the production forecaster, which were written apart from it", () => {
    const panel = rangePanel([candles], 4);
    const x = harRegressors(candles, RANGE_LAGS, 24);
    panel.row.forEach((t, r) => {
      const reference = x[t * (K + 1) + 1]!;
      const shorter = RANGE_LAGS.slice(0, -1).map((_, k) => reference + x[t * (K + 1) + 2 + k]!);
      // 1e-7 under the logarithm of ranges that are never below 1e-5 here
      expectAllClose(panel.trailing.subarray(r * K, r * K + K), [...shorter, reference], {
        atol: 0.01,
        rtol: 0,
      });
    });
  });

  it("of a history shorter than its lags is empty", () => {
    const panel = rangePanel([syntheticCandles({ seed: 1, rows: 300, timeframe: "1h" })], 4);
    expect(panel.target).toHaveLength(0);
  });
});
