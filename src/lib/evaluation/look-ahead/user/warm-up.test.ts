import { describe, expect, it } from "vitest";
import { sliceRows } from "../../../candles/slice.ts";
import { byTimeframe } from "../../../candles/resample.ts";
import { computeFeature } from "../../../features/compute-feature.ts";
import { rsi } from "../../../features/rsi.ts";
import { wilderAtr } from "../../../features/wilder-atr.ts";
import { syntheticCandles } from "../../../testing/candles.ts";
import { settling, startedAt, startsOf, warmUpOf } from "./warm-up.ts";

const base = syntheticCandles({ seed: 7, rows: 3000, gapShare: 0.01 });
const candles = byTimeframe(base, ["5m", "1h"]);

/** EMA 20 that begins with the mean of its first 20 closes, as TA-Lib's does. */
function ema20(close: Float64Array): Float64Array {
  let value = 0;
  return close.map((price, i) => {
    value = i < 20 ? value + price / 20 : value + ((price - value) * 2) / 21;
    return i < 19 ? NaN : value;
  });
}

function obv(close: Float64Array, volume: Float64Array): Float64Array {
  let sum = 0;
  return close.map((price, i) => (i === 0 ? 0 : (sum += Math.sign(price - close[i - 1]!) * volume[i]!)));
}

function measure(column: (rows: typeof base) => Float64Array) {
  const whole = column(base);
  const starts = startsOf(candles, 5);
  return warmUpOf(
    starts.map((start) => settling(whole, column(sliceRows(base, start, base.openTime.length)), start)),
  )!;
}

describe("the warm-up that is measured", () => {
  // TA-Lib on its own data settles at 60/154/247 (ATR14), 91/182/276 (RSI14), 27/97/165 (EMA20). Where it begins hangs
  // on how far off the start was; how long each further digit takes does not: 3 ln 10 / ln(14/13) = 93 bars for
  // Wilder's 14, 3 ln 10 / ln(21/19) = 69 for an EMA of 20.
  it.each([
    ["ATR 14", (rows: typeof base) => computeFeature(wilderAtr(), { "5m": rows }, "5m")["atr14"]!, 93, 14],
    ["RSI 14", (rows: typeof base) => computeFeature(rsi(), { "5m": rows }, "5m")["rsi14"]!, 93, 14],
    ["EMA 20", (rows: typeof base) => ema20(rows.close), 69, 19],
  ])(
    "of %s loses three digits of its start in as many bars as its smoothing says",
    (_, column, bars, first) => {
      const { first: defined, to1e3, to1e6, to1e9, dependsOnStart } = measure(column);
      expect(defined).toBe(first);
      expect(dependsOnStart).toBe("fades");
      // The last bar that disagrees may be late or early by some bars: values move on while the start is forgotten.
      expect(Math.abs(to1e6! - to1e3! - bars)).toBeLessThanOrEqual(12);
      expect(Math.abs(to1e9! - to1e6! - bars)).toBeLessThanOrEqual(12);
    },
  );

  it("is told apart from one that the bars are too few for", () => {
    const few = sliceRows(base, 0, 300);
    const column = (rows: typeof base) => computeFeature(rsi(), { "5m": rows }, "5m")["rsi14"]!;
    const found = warmUpOf([settling(column(few), column(sliceRows(few, 150, 300)), 150)]);
    expect(found).toMatchObject({ to1e9: null, dependsOnStart: "fades", bars: 150 });
  });

  it("of a sum over all history is never over", () => {
    const found = measure((rows) => obv(rows.close, rows.volume));
    expect(found).toMatchObject({ first: 0, to1e6: null, to1e9: null, dependsOnStart: "for ever" });
  });

  it("of a window is the window, and its start does not matter", () => {
    const found = measure(({ close }) =>
      close.map((_, i) => (i < 9 ? NaN : close.slice(i - 9, i + 1).reduce((a, b) => a + b, 0) / 10)),
    );
    expect(found).toMatchObject({ first: 9, to1e3: 9, to1e9: 9, dependsOnStart: "no", starts: 5 });
  });
});

describe("a shorter history", () => {
  it("begins where bars of every timeframe open, and holds no bar that began before", () => {
    const starts = startsOf(candles, 5);
    expect(starts).toHaveLength(5);
    for (const start of starts) {
      const from = base.openTime[start]!;
      const cut = startedAt(candles, from);
      expect([cut["5m"]!.openTime[0], cut["1h"]!.openTime[0]]).toEqual([from, from]);
      expect(cut["5m"]!.openTime).toHaveLength(base.openTime.length - start);
    }
  });
});
