import { describe, expect, it } from "vitest";
import type { CandleSeries } from "../candles/candle-series.ts";
import { makeSeries } from "../candles/make-series.ts";
import { byTimeframe } from "../candles/resample.ts";
import { sliceRows } from "../candles/slice.ts";
import { syntheticCandles } from "../testing/candles.ts";
import { EVERY_FEATURE } from "./every-feature.ts";
import { wildCandles } from "../testing/wild-candles.ts";
import { calendar24x7 } from "../time/calendar-24x7.ts";
import { MINUTE } from "../time/units.ts";
import { body } from "./body.ts";
import { computeFeature } from "./compute-feature.ts";
import {
  DEFAULT_FEATURES,
  FEATURE_SETS,
  featureSetByName,
  featureSetHash,
  outputNames,
} from "./feature-sets.ts";
import { featureTable } from "./feature-table.ts";
import type { Feature } from "./feature.ts";
import { logReturn } from "./log-return.ts";
import { range } from "./range.ts";
import { regime } from "./regime.ts";
import { roc, scaledRoc } from "./roc.ts";
import { rsi } from "./rsi.ts";
import { dorseyRvi } from "./dorsey-rvi.ts";
import { volumeSurprise } from "./volume-surprise.ts";
import { wicks } from "./wicks.ts";
import { wilderAtr } from "./wilder-atr.ts";

/** n bars of 5m that all read O 10, H 12, L 9, C 11. */
function equalBars(n: number, volume = 1): CandleSeries {
  const column = (value: number): number[] => Array<number>(n).fill(value);
  return makeSeries({
    timeframe: "5m",
    calendar: calendar24x7,
    openTime: column(0).map((_, i) => i * 5 * MINUTE),
    open: column(10),
    high: column(12),
    low: column(9),
    close: column(11),
    volume: column(volume),
  });
}

const last = (feature: Feature, series: CandleSeries): number[] =>
  Object.values(computeFeature(feature, { [series.timeframe]: series }, series.timeframe)).map((column) =>
    column.at(-1)!,
  );

describe("one candle", () => {
  it("is described in units of ATR14, which for equal bars is their range of 3", () => {
    const bars = equalBars(20);
    expect(last(wilderAtr(), bars)).toEqual([3]);
    expect(last(range, bars)).toEqual([1]);
    expect(last(body, bars)).toEqual([1 / 3]);
    expect(last(wicks, bars)).toEqual([1 / 3, 1 / 3]);
    expect(last(logReturn, bars)).toEqual([0]);
    expect(last(volumeSurprise(), bars)[0]).toBeCloseTo(0, 12);
  });

  it("with twice the usual volume surprises by ln 2 over a mean that contains it", () => {
    const bars = equalBars(20);
    const loud = { ...bars, volume: bars.volume.map((v, i) => (i === 19 ? 2 : v)) };
    expect(last(volumeSurprise(), loud)[0]).toBeCloseTo(Math.log(2 / 1.05), 2);
  });

  it("without volume in a market with volume is at the floor, not at minus infinity", () => {
    const bars = equalBars(20);
    const silent = { ...bars, volume: bars.volume.map((v, i) => (i === 19 ? 0 : v)) };
    expect(last(volumeSurprise(), silent)[0]).toBeCloseTo(Math.log(0.01 / 1.01), 12);
  });
});

describe("a market that never moves", () => {
  const still = wildCandles("constant", 1, 60);
  it("has no strength, no direction and the middle regime", () => {
    expect(last(rsi(), still)).toEqual([50]);
    expect(last(dorseyRvi(), still)).toEqual([50]);
    expect(last(scaledRoc(), still)).toEqual([0]);
    expect(last(roc(), still)).toEqual([0]);
    expect(last(regime(), still)).toEqual([2, 2, 10]);
  });
  it("and never trades has no volume surprise", () => {
    expect(last(volumeSurprise(), equalBars(30, 0))).toEqual([0]);
  });
});

it("after a shock and 12,000 still bars features are small although ATR has run out of digits", () => {
  const bars = equalBars(12_000);
  for (const rest of [1.05, 1.1, 1.2, 1.3, 1.7, 1.9]) {
    const column = Float64Array.from(bars.close, (_, i) => (i < 20 ? 1 + 0.1 * (i % 3) : rest));
    const shocked = { ...bars, open: column, high: column, low: column, close: column };
    expect(last(wilderAtr(), shocked)[0]).toBeLessThan(1e-300);
    const scaled = EVERY_FEATURE.filter(
      (feature) => feature.params["unit"] !== "percent" && feature.id !== "regime",
    );
    for (const feature of scaled)
      for (const value of last(feature, shocked)) expect(Math.abs(value), feature.id).toBeLessThanOrEqual(1);
  }
});

it("a series of one bar gives one row, undefined where history is needed", () => {
  const one = sliceRows(syntheticCandles({ seed: 3, rows: 5 }), 0, 1);
  for (const set of FEATURE_SETS) {
    const table = featureTable(set, { "5m": one }, "5m");
    expect(table.values.length).toBe(table.names.length);
    expect(table.values.every((v) => Number.isNaN(v) || Math.abs(v) <= 1)).toBe(true);
  }
});

it("a series without bars gives a table without rows", () => {
  const none = sliceRows(syntheticCandles({ seed: 3, rows: 5 }), 0, 0);
  expect(featureTable(featureSetByName("candle16"), { "5m": none }, "5m").values.length).toBe(0);
});

describe("inputs", () => {
  const higherClose: Feature = {
    id: "higher-close",
    version: 1,
    params: {},
    inputs: [
      { symbol: "self", timeframe: "own", column: "knownAt" },
      { symbol: "self", timeframe: "30m", column: "knownAt" },
      { symbol: "self", timeframe: "30m", column: "close" },
    ],
    outputs: ["own", "higher", "close"],
    warmUp: { first: 6, settled: 6 },
    start: () => ({ step: (inputs, out, at) => out.set(inputs, at) }),
  };
  const candles = byTimeframe(syntheticCandles({ seed: 5, rows: 200, gapShare: 0.05 }), ["5m", "30m"]);

  it("of a coarser timeframe are its newest bar that was known by then", () => {
    const columns = computeFeature(higherClose, candles, "5m");
    const higher = candles["30m"]!;
    columns["own"]!.forEach((t, i) => {
      const row = higher.knownAt.findLastIndex((known) => known <= t);
      expect(columns["close"]![i]).toBe(row < 0 ? NaN : higher.close[row]);
    });
    expect(columns["higher"]!.some((known, i) => known === columns["own"]![i])).toBe(true);
  });

  it("that the source does not have are undefined", () => {
    const trades: Feature = {
      ...higherClose,
      inputs: [{ symbol: "self", timeframe: "own", column: "trades" }],
    };
    expect(computeFeature({ ...trades, outputs: ["trades"] }, candles, "5m")["trades"]![50]).toBeNaN();
  });

  it("of another symbol are refused by name", () => {
    const foreign: Feature = {
      ...higherClose,
      inputs: [{ symbol: "ETHUSDT", timeframe: "own", column: "close" }],
    };
    expect(() => computeFeature(foreign, candles, "5m")).toThrow(/higher-close.*ETHUSDT/);
  });

  it("of a timeframe that is not there are refused by name", () => {
    expect(() => computeFeature(higherClose, { "5m": candles["5m"]! }, "5m")).toThrow(/higher-close.*30m/);
    expect(() => computeFeature(logReturn, candles, "4h")).toThrow(/4h/);
  });

  it("that arrived late make every later value as late as they are", () => {
    const series = candles["5m"]!;
    const late = series.knownAt[100]!;
    const corrected = { ...series, knownAt: series.knownAt.map((t, i) => (i === 40 ? late : t)) };
    const { knownAt } = featureTable(featureSetByName("candle16"), { "5m": corrected }, "5m");
    expect(knownAt[39]).toBe(series.knownAt[39]);
    expect(knownAt.slice(40, 101).every((t) => t === late)).toBe(true);
    expect(knownAt[101]).toBe(series.knownAt[101]);
  });
});

describe("feature sets", () => {
  it("have 16 and 12 outputs, each with a name of its own", () => {
    const sizes = FEATURE_SETS.map((set) => [
      set.name,
      new Set(outputNames(set)).size,
      outputNames(set).length,
    ]);
    expect(sizes).toEqual([
      ["candle16", 16, 16],
      ["close12", 12, 12],
    ]);
    expect(featureSetByName(DEFAULT_FEATURES).name).toBe("candle16");
  });

  it("close12 reads no open and no clock", () => {
    const columns = featureSetByName("close12").features.flatMap((f) =>
      f.inputs.map((input) => input.column),
    );
    expect(columns).not.toContain("open");
    expect(columns).not.toContain("openTime");
  });

  it("have a hash that changes with a parameter and not with the name", () => {
    const set = featureSetByName("candle16");
    expect(featureSetHash({ ...set, name: "other" })).toBe(featureSetHash(set));
    const [first, ...rest] = set.features;
    const changed = { ...set, features: [{ ...first!, params: { atr: 15 } }, ...rest] };
    expect(featureSetHash(changed)).not.toBe(featureSetHash(set));
  });

  it("that are unknown are refused with the names there are", () => {
    expect(() => featureSetByName("candle17")).toThrow(/candle16, close12.*candle17/);
  });
});
