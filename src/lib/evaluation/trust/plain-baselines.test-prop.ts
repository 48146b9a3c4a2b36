import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CandleSeries } from "../../candles/candle-series.ts";
import { sliceRows } from "../../candles/slice.ts";
import { quantileSorted } from "../../math/quantiles.ts";
import { createRng } from "../../math/rng.ts";
import { LEVELS } from "../../recall/answer.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { bitEqual, expectAllClose } from "../../testing/matchers.ts";
import { naiveContext } from "../../testing/naive-labels.ts";
import { calendarUsEquities } from "../../time/calendar-us-equities.ts";
import { PLAIN_METHODS, plainQuantiles } from "./plain-baselines.ts";
import { TRUST_LABELS } from "./trust-report.ts";

const Q = LEVELS.length;

/** Prices after row `last` replaced by nonsense. */
function garbage(candles: CandleSeries, last: number, seed: number): CandleSeries {
  const rng = createRng(seed);
  const factors = candles.close.map((_, i) => (i <= last ? 1 : 0.3 + 2 * rng.next()));
  const scaled = (prices: Float64Array): Float64Array => prices.map((price, i) => price * factors[i]!);
  const { open, high, low, close } = candles;
  return { ...candles, open: scaled(open), high: scaled(high), low: scaled(low), close: scaled(close) };
}

describe("the plain baselines", () => {
  it("say at a row what they would have said had history ended there, or gone on in nonsense", () => {
    fc.assert(
      fc.property(
        fc.record({
          seed: fc.nat(1000),
          rows: fc.integer({ min: 500, max: 700 }),
          cut: fc.double({ min: 0.7, max: 1, noNaN: true }),
        }),
        fc.constantFrom("1h", "1d"),
        ({ seed, rows, cut }, timeframe) => {
          const calendar = timeframe === "1d" ? { calendar: calendarUsEquities } : {};
          const candles = syntheticCandles({ seed, rows, timeframe, gapShare: 0.01, ...calendar });
          const last = Math.floor((rows - 1) * cut);
          const asked = Int32Array.from({ length: last + 1 }, (_, i) => i).filter((i) => i % 7 === last % 7);
          const horizon = timeframe === "1d" ? "5d" : "4h";
          const whole = plainQuantiles(candles, horizon, asked);
          const said = [
            plainQuantiles(sliceRows(candles, 0, last + 1), horizon, asked),
            plainQuantiles(garbage(candles, last, seed), horizon, asked),
          ];
          for (const method of PLAIN_METHODS)
            for (const label of TRUST_LABELS)
              for (const other of said)
                expect(bitEqual(other[method][label], whole[method][label])).toBe(true);
          expect(whole.harClock.return.some(Number.isFinite)).toBe(true);
        },
      ),
      { seed: 1, numRuns: 12 },
    );
  });

  it("are the quantiles of past moves put to today's range, as written out by hand", () => {
    const candles = syntheticCandles({ seed: 8, rows: 260, timeframe: "1h", gapShare: 0.02 });
    const row = 250;
    const past = Array.from({ length: row }, (_, i) => naiveContext(candles, i, "4h")).filter(
      ({ state, matureAt, values }) =>
        state === "mature" && matureAt <= candles.knownAt[row]! && Number.isFinite(values.logAtrRatio),
    );
    const atr = (values: { atr: number; logAtrRatio: number }): number =>
      values.atr / Math.exp(values.logAtrRatio);
    const now = atr(naiveContext(candles, row - 0, "4h").values);
    const at = (values: readonly number[]): number[] =>
      LEVELS.map((level) => quantileSorted(Float64Array.from(values).sort(), level));
    const { persistence, climatology } = plainQuantiles(candles, "4h", Int32Array.of(row));
    expect(past.length).toBeGreaterThan(150);
    expectAllClose(persistence.return, at(past.map(({ values }) => (values.return / atr(values)) * now)));
    expectAllClose(persistence.logAtrRatio, at(past.map(({ values }) => values.logAtrRatio)));
    expectAllClose(climatology.logAtrRatio, at(past.map(({ values }) => Math.log(values.atr / now))));
    expect(climatology.return).toHaveLength(Q);
  });

  it("say nothing before fifty outcomes had matured", () => {
    const candles = syntheticCandles({ seed: 2, rows: 200, timeframe: "1h" });
    const asked = Int32Array.from({ length: 200 }, (_, i) => i);
    const { return: said } = plainQuantiles(candles, "4h", asked).persistence;
    const first = said.findIndex(Number.isFinite) / Q;
    // ATR14 begins at row 14; fifty rows from there on, and the last of them is known four bars later
    expect(first).toBe(14 + 49 + 4);
    expect(said.subarray(first * Q).every(Number.isFinite)).toBe(true);
  });
});
