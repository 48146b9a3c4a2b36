import { describe, expect, it } from "vitest";
import { createRng } from "../../math/rng.ts";
import { meanWithError } from "../../math/scores/mean-with-error.ts";
import { qlike } from "../../math/scores/qlike.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { HOUR } from "../../time/units.ts";
import { hourOfWeek } from "../../time/zone.ts";
import { judgeRanges } from "./judge-ranges.ts";
import { harRange, persistence, statedRange, trainingMean } from "./range-models.ts";
import { RANGE_LAGS, type RangePanel } from "./range-panel.ts";
import { walkForwardSplit, type Fold } from "./walk-forward-split.ts";

const K = RANGE_LAGS.length;
const SERIES = [0, 1].map((seed) => syntheticCandles({ seed, rows: 2, symbol: `S${seed}` }));

/** A panel of two series whose targets are a rule's, each decision an hour after the one before. */
function planted(rows: number, rule: (of: number, a: Float64Array, start: number) => number): RangePanel {
  const rng = createRng(7);
  const R = 2 * rows;
  const of = Uint16Array.from({ length: R }, (_, r) => (r < rows ? 0 : 1));
  const start = Float64Array.from({ length: R }, (_, r) => (r % rows) * HOUR);
  const trailing = Float64Array.from({ length: R * K }, () => rng.normal() - 7);
  return {
    series: SERIES,
    bars: 1,
    lags: RANGE_LAGS,
    of,
    row: Int32Array.from({ length: R }, (_, r) => r % rows),
    start,
    end: start.map((t) => t + HOUR),
    target: start.map((t, r) => rule(of[r]!, trailing.subarray(r * K, r * K + K), t)),
    trailing,
    dropped: 0,
  };
}

/** Blocks of equal length, the first share of rows before them. */
function foldsOf(panel: RangePanel, rows: number, count: number): readonly Fold[] {
  const share = Math.floor(rows / (count + 1));
  const blocks = Array.from({ length: count }, (_, b) => ({
    name: `block ${b}`,
    from: (b + 1) * share * HOUR,
    to: (b + 2) * share * HOUR,
  }));
  return walkForwardSplit(panel, blocks);
}

describe("the judge of range forecasts", () => {
  it("counts R² against the training mean and QLIKE on the ranges, fold by fold", () => {
    const targets = [1, 3, 2, 4];
    const small = planted(4, (_, __, start) => targets[start / HOUR]!);
    const folds = foldsOf(small, 4, 1); // blocks of two hours: rows 0, 1 train, 2, 3 test
    const stated = statedRange("stated", [Float64Array.of(0, 0, 2.5, 3), Float64Array.of(0, 0, 2, 4)]);
    const [mean, score] = judgeRanges(small, folds, [trainingMean, stated]);
    expect(mean!.folds).toMatchObject([{ fold: "block 0", samples: 4, r2: 0 }]);
    // training mean 2: spread 0 + 4 for each series; missed 0.25 + 1 and nothing
    expect(score!.r2.mean).toBeCloseTo(1 - 1.25 / 8, 12);
    const loss = (e: number): number => Math.exp(e) - e - 1;
    expect(score!.qlike.mean).toBeCloseTo((loss(-0.5) + loss(1)) / 4, 12);
  });

  it("states means over folds with their standard error", () => {
    expect(meanWithError([1, 2, 3, 6])).toEqual({ mean: 3, error: Math.sqrt(14 / 3 / 4) });
    expect(meanWithError([5]).error).toBeNaN();
    expect(qlike(2, 2)).toBe(0);
    expect(qlike(1, 2)).toBeCloseTo(1 - Math.log(2), 15);
  });

  it("finds what one regression can know, and what only one per series can", () => {
    const hour = (start: number): number => (hourOfWeek("UTC", start) % 24) / 10;
    const same = planted(9000, (_, a, start) => 1 + 0.5 * a[0]! - 0.2 * a[4]! + hour(start));
    const apart = planted(9000, (of, a, start) => (of ? 0.5 : -0.5) * a[2]! + (of ? 1 : -1) * hour(start));
    const models = [harRange(), harRange({ clock: "UTC" }), harRange({ clock: "UTC", perSeries: true })];
    const [plain, clock] = judgeRanges(same, foldsOf(same, 9000, 2), models);
    expect(plain!.r2.mean).toBeLessThan(0.5);
    expect(clock!.r2.mean).toBeGreaterThan(0.999); // 1 but for one week more per dummy in which it does nothing
    const [, pooled, own] = judgeRanges(apart, foldsOf(apart, 9000, 2), models);
    expect(pooled!.r2.mean).toBeLessThan(0.9);
    expect(own!.r2.mean).toBeGreaterThan(0.999);
  });

  it("gives a model nothing but what trains it", () => {
    const panel = planted(600, (_, a) => a[1]!);
    const folds = foldsOf(panel, 600, 2);
    const wild = { ...panel, target: panel.target.slice() };
    const trained = new Set(folds.flatMap(({ train }) => [...train]));
    wild.target.forEach((_, r) => (wild.target[r]! += trained.has(r) ? 0 : 1e6));
    for (const model of [trainingMean, persistence(4), harRange({ clock: "UTC", perSeries: true })])
      for (const fold of folds) expect(model.forecast(wild, fold)).toEqual(model.forecast(panel, fold));
  });

  it("is exact for persistence where ranges stay", () => {
    const panel = planted(100, (_, a) => a[1]!);
    const [kept] = judgeRanges(panel, foldsOf(panel, 100, 1), [persistence(4)]);
    expect(kept!.r2.mean).toBe(1);
    expect(kept!.model).toBe("persistence (4 bars)");
  });

  it("refuses a fold without samples, a model that is silent, too little to learn from, and an unknown lag", () => {
    const panel = planted(40, (_, a) => a[0]!);
    const folds = foldsOf(panel, 40, 1);
    const empty = walkForwardSplit(panel, [{ name: "before all", from: 0, to: 1 * HOUR }]);
    expect(() => judgeRanges(panel, empty, [])).toThrow(/before all: .*0 and 2/);
    const silent = statedRange("mute", [new Float64Array(40).fill(1), new Float64Array(40).fill(NaN)]);
    expect(() => judgeRanges(panel, folds, [silent])).toThrow(/mute.*none at 20/);
    const young = walkForwardSplit(panel, [{ name: "young", from: 3 * HOUR, to: 9 * HOUR }]);
    expect(() => judgeRanges(panel, young, [harRange({ perSeries: true })])).toThrow(/S0: .*got 3/);
    expect(() => judgeRanges(panel, folds, [persistence(5)])).toThrow(/1, 4, 24, 120, 480/);
  });
});
