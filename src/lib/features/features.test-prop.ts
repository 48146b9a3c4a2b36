import fc from "fast-check";
import { expect, it } from "vitest";
import type { CandlesByTimeframe, CandleSeries } from "../candles/candle-series.ts";
import { byTimeframe } from "../candles/resample.ts";
import { knownBy } from "../candles/slice.ts";
import { syntheticCandles } from "../testing/candles.ts";
import { EVERY_FEATURE } from "./every-feature.ts";
import { bitEqual } from "../testing/matchers.ts";
import { WILD_MARKETS, wildCandles } from "../testing/wild-candles.ts";
import { calendar24x7 } from "../time/calendar-24x7.ts";
import { calendarUsEquities } from "../time/calendar-us-equities.ts";
import { computeFeature } from "./compute-feature.ts";
import { featureStream, liveCandle } from "./feature-stream.ts";
import { featureTables } from "./feature-table.ts";
import type { Feature, FeatureSet } from "./feature.ts";

/** Reads a coarser and a finer timeframe than most it is computed on. */
const acrossTimeframes: Feature = {
  id: "across-timeframes",
  version: 1,
  params: {},
  inputs: [
    { symbol: "self", timeframe: "own", column: "close" },
    { symbol: "self", timeframe: "30m", column: "close" },
    { symbol: "self", timeframe: "1h", column: "high" },
  ],
  outputs: ["ownClose", "close30m", "high1h"],
  warmUp: { first: 0, settled: 0 },
  start: () => ({ step: (inputs, out, at) => out.set(inputs, at) }),
};
const everything: FeatureSet = { name: "everything", features: [...EVERY_FEATURE, acrossTimeframes] };
const TIMEFRAMES = ["5m", "30m", "1h", "4h"];

const history = fc.record({
  seed: fc.nat(1e6),
  rows: fc.integer({ min: 1, max: 260 }),
  gapShare: fc.constantFrom(0, 0.02, 0.2),
  lagMs: fc.constantFrom(0, 1500),
  // the second begins before the clocks change in New York
  market: fc.constantFrom(
    { calendar: calendar24x7, start: Date.UTC(2021, 0, 4) },
    { calendar: calendarUsEquities, start: Date.UTC(2021, 2, 11) },
  ),
});

function candlesOf({
  market,
  ...rest
}: typeof history extends fc.Arbitrary<infer T> ? T : never): CandleSeries {
  return syntheticCandles({ ...rest, ...market });
}

/** The same rows up to t, garbage after it. */
function withGarbageAfter(series: CandleSeries, t: number): CandleSeries {
  const spoil = (column: Float64Array, factor: number): Float64Array =>
    column.map((value, i) => (series.knownAt[i]! > t ? value * factor : value));
  return {
    ...series,
    open: spoil(series.open, 7),
    high: spoil(series.high, 1e6),
    low: spoil(series.low, 1e-6),
    close: spoil(series.close, 3),
    volume: spoil(series.volume, 1e9),
  };
}

/** Every row known by t, in all timeframes, must be the same bits in both. */
function expectSameUpTo(t: number, a: CandlesByTimeframe, b: CandlesByTimeframe): void {
  const [left, right] = [featureTables(everything, a), featureTables(everything, b)];
  for (const timeframe of TIMEFRAMES) {
    const [x, y] = [left[timeframe]!, right[timeframe]!];
    const rows = x.knownAt.filter((known) => known <= t).length;
    expect(y.knownAt.filter((known) => known <= t).length, timeframe).toBe(rows);
    const to = rows * x.names.length;
    expect(bitEqual(x.values.slice(0, to), y.values.slice(0, to)), timeframe).toBe(true);
  }
}

it("what comes after t never changes a feature at t, whether it is cut off or garbage", () => {
  fc.assert(
    fc.property(history, fc.nat(259), (options, at) => {
      const base = candlesOf(options);
      const t = base.knownAt[at % base.knownAt.length]!;
      const whole = byTimeframe(base, TIMEFRAMES);
      expectSameUpTo(t, whole, byTimeframe(knownBy(base, t), TIMEFRAMES));
      expectSameUpTo(t, whole, byTimeframe(withGarbageAfter(base, t), TIMEFRAMES));
    }),
    { seed: 1, numRuns: 120 },
  );
});

it("one instant at a time gives the same bits as all at once", () => {
  fc.assert(
    fc.property(history, (options) => {
      const base = candlesOf(options);
      const candles = byTimeframe(base, TIMEFRAMES);
      const tables = featureTables(everything, candles);
      const stream = featureStream(everything, TIMEFRAMES, base.calendar);
      const all = TIMEFRAMES.flatMap((timeframe) =>
        Array.from(candles[timeframe]!.openTime, (_, row) => ({
          row,
          candle: liveCandle(candles[timeframe]!, row),
        })),
      );
      for (const instant of new Set(all.map(({ candle }) => candle.knownAt).sort((a, b) => a - b))) {
        const arrived = all.filter(({ candle }) => candle.knownAt === instant);
        const rows = stream.push(arrived.map(({ candle }) => candle).reverse());
        expect(rows.map((row) => row.timeframe)).toEqual(arrived.map(({ candle }) => candle.timeframe));
        rows.forEach((row, k) => {
          const table = tables[row.timeframe]!;
          const at = arrived[k]!.row * table.names.length;
          expect(bitEqual(row.values, table.values.slice(at, at + table.names.length))).toBe(true);
        });
      }
    }),
    { seed: 2, numRuns: 25 },
  );
});

it("in the wildest market every value is finite after warm-up and undefined only before", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...WILD_MARKETS),
      fc.nat(1e6),
      fc.integer({ min: 1, max: 400 }),
      (market, seed, rows) => {
        const candles = { "5m": wildCandles(market, seed, rows) };
        const unsound = EVERY_FEATURE.flatMap((feature) =>
          Object.entries(computeFeature(feature, candles, "5m")).flatMap(([output, column]) =>
            Array.from(column, (value, i) => ({ output, i, value })).filter(
              ({ value, i }) => !Number.isFinite(value) && !(Number.isNaN(value) && i < feature.warmUp.first),
            ),
          ),
        );
        expect(unsound).toEqual([]);
      },
    ),
    { seed: 3, numRuns: 150 },
  );
});

it("what is scaled stays within its bounds, whatever the prices", () => {
  const bounds: Record<string, number> = {
    range: 14,
    body: 14,
    upperWick: 14,
    lowerWick: 14,
    closeLocation: 1,
  };
  fc.assert(
    fc.property(fc.constantFrom(...WILD_MARKETS), fc.nat(1e6), (market, seed) => {
      const candles = { "5m": wildCandles(market, seed, 300) };
      for (const feature of EVERY_FEATURE)
        for (const [output, column] of Object.entries(computeFeature(feature, candles, "5m")))
          for (const value of column)
            expect(Math.abs(Number.isNaN(value) ? 0 : value)).toBeLessThanOrEqual(
              (bounds[output] ?? Infinity) * (1 + 1e-12),
            );
    }),
    { seed: 4, numRuns: 40 },
  );
});
