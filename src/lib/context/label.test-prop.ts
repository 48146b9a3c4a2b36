import fc from "fast-check";
import { expect, it } from "vitest";
import type { CandleSeries } from "../candles/candle-series.ts";
import { knownBy, sliceRows } from "../candles/slice.ts";
import { syntheticCandles } from "../testing/candles.ts";
import { bitEqual, expectAllClose } from "../testing/matchers.ts";
import { naiveContext } from "../testing/naive-labels.ts";
import { WILD_MARKETS, wildCandles } from "../testing/wild-candles.ts";
import { calendar24x7 } from "../time/calendar-24x7.ts";
import { calendarUsEquities } from "../time/calendar-us-equities.ts";
import { CONTEXT_STATES, LABELS, MATURE, type ContextColumns } from "./context.ts";
import { labelHorizon } from "./label.ts";

interface Case {
  readonly candles: CandleSeries;
  readonly horizon: string;
}

/** Markets that never close and markets that do (the clocks change three days in), with holes and lags. */
const cases: fc.Arbitrary<Case> = fc
  .record({
    seed: fc.nat(1e6),
    rows: fc.integer({ min: 1, max: 150 }),
    gapShare: fc.constantFrom(0, 0.03, 0.15),
    lagMs: fc.constantFrom(0, 700),
    kind: fc.constantFrom(
      { timeframe: "5m", calendar: calendar24x7, start: Date.UTC(2021, 0, 4), horizons: ["5m", "1h", "2h"] },
      {
        timeframe: "1h",
        calendar: calendarUsEquities,
        start: Date.UTC(2021, 2, 11),
        horizons: ["3h", "1d", "5d"],
      },
      {
        timeframe: "1d",
        calendar: calendarUsEquities,
        start: Date.UTC(2020, 10, 2),
        horizons: ["1d", "5d", "1w"],
      },
    ),
    which: fc.nat(2),
  })
  .map(({ kind: { horizons, ...kind }, which, ...rest }) => ({
    candles: syntheticCandles({ ...kind, ...rest }),
    horizon: horizons[which]!,
  }));

/** Rows of `columns` that are equal in both, to the bit. */
function expectSameRows(a: ContextColumns, b: ContextColumns, rows: readonly number[]): void {
  const of = (xs: Float64Array): Float64Array => Float64Array.from(rows, (row) => xs[row]!);
  for (const label of LABELS) expect(bitEqual(of(a.values[label]), of(b.values[label])), label).toBe(true);
  expect(bitEqual(of(a.matureAt), of(b.matureAt)), "matureAt").toBe(true);
  expect(bitEqual(of(a.atrNow), of(b.atrNow)), "atrNow").toBe(true);
  for (const row of rows) {
    expect(a.state[row]).toBe(b.state[row]);
    expect(a.crossesClose[row]).toBe(b.crossesClose[row]);
  }
}

it("equals the naive twin in every label of every row", () => {
  fc.assert(
    fc.property(cases, ({ candles, horizon }) => {
      const columns = labelHorizon(candles, horizon);
      for (let t = 0; t < candles.openTime.length; t++) {
        const naive = naiveContext(candles, t, horizon);
        expect(CONTEXT_STATES[columns.state[t]!]).toBe(naive.state);
        expect(columns.matureAt[t]).toBe(naive.matureAt);
        expect(columns.crossesClose[t] === 1).toBe(naive.crossesClose);
        // RVI goes through two smoothings in another order of additions
        expectAllClose(
          LABELS.map((label) => columns.values[label][t]!),
          LABELS.map((label) => naive.values[label]),
          { rtol: 1e-9, atol: 1e-12 },
        );
      }
    }),
    { seed: 1, numRuns: 60 },
  );
});

it("what was known by t is the same bits when history ends at t, and nothing else was known", () => {
  fc.assert(
    fc.property(cases, fc.nat(149), ({ candles, horizon }, at) => {
      const t = candles.knownAt[at % candles.knownAt.length]!;
      const [whole, cut] = [labelHorizon(candles, horizon), labelHorizon(knownBy(candles, t), horizon)];
      const known = [...cut.state.keys()].filter((row) => whole.matureAt[row]! <= t);
      expectSameRows(whole, cut, known);
      const matureInCut = [...cut.state.keys()].filter((row) => cut.state[row] === MATURE);
      expect(matureInCut).toEqual(known);
      expect(bitEqual(cut.atrNow, whole.atrNow.slice(0, cut.atrNow.length))).toBe(true);
    }),
    { seed: 2, numRuns: 200 },
  );
});

it("garbage after t changes no label that was known by t", () => {
  fc.assert(
    fc.property(cases, fc.nat(149), ({ candles, horizon }, at) => {
      const t = candles.knownAt[at % candles.knownAt.length]!;
      const spoil = (xs: Float64Array, factor: number): Float64Array =>
        xs.map((x, i) => (candles.knownAt[i]! > t ? x * factor : x));
      const spoilt = {
        ...candles,
        high: spoil(candles.high, 1e5),
        low: spoil(candles.low, 1e-5),
        close: spoil(candles.close, 3),
      };
      const [a, b] = [labelHorizon(candles, horizon), labelHorizon(spoilt, horizon)];
      expectSameRows(
        a,
        b,
        [...a.state.keys()].filter((row) => a.matureAt[row]! <= t),
      );
    }),
    { seed: 3, numRuns: 100 },
  );
});

it("what happened in the horizon is the same bits wherever the history began", () => {
  fc.assert(
    fc.property(cases, fc.nat(149), ({ candles, horizon }, at) => {
      const from = at % candles.openTime.length;
      const [whole, late] = [
        labelHorizon(candles, horizon),
        labelHorizon(sliceRows(candles, from, Infinity), horizon),
      ];
      for (const label of [
        "return",
        "roc",
        "atr",
        "realisedVolatility",
        "maxGain",
        "maxLoss",
        "direction",
      ] as const)
        expect(bitEqual(whole.values[label].slice(from), late.values[label]), label).toBe(true);
    }),
    { seed: 4, numRuns: 100 },
  );
});

it("in the wildest market a label is finite or undefined, never infinite", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...WILD_MARKETS),
      fc.nat(1e6),
      fc.integer({ min: 1, max: 120 }),
      (market, seed, rows) => {
        const columns = labelHorizon(wildCandles(market, seed, rows), "25m");
        for (const label of LABELS)
          for (const value of columns.values[label]) expect(Math.abs(value), label).not.toBe(Infinity);
      },
    ),
    { seed: 5, numRuns: 60 },
  );
});
