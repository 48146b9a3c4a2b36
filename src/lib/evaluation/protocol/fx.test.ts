import { beforeAll, describe, expect, it } from "vitest";
import { readCandles } from "../../adapters/files/read-candles.ts";
import type { CandleSeries } from "../../candles/candle-series.ts";
import { labelHorizon } from "../../context/label.ts";
import { harForecast } from "../../forecast/har.ts";
import { needs } from "../../testing/require.ts";
import { calendarFx } from "../../time/calendar-fx.ts";
import { DAY } from "../../time/units.ts";
import { judgeRanges, type RangeScore } from "./judge-ranges.ts";
import { harRange, persistence, statedRange, trainingMean } from "./range-models.ts";
import { rangePanel } from "./range-panel.ts";
import { calendarYears, walkForwardSplit } from "./walk-forward-split.ts";

/**
 * The judge is sound when it finds on real candles what an independent study found on the same ones, and does not find
 * it when the clock is wrong. Figures of the study: R² with their standard error over the five years, QLIKE.
 */
const data = needs("data");
const PAIRS = ["AUDUSD", "EURGBP", "EURJPY", "GBPUSD", "USDCAD", "USDCHF", "USDJPY"];
const WITHIN = 0.005;
/** Two figures of QLIKE that agree to the digits in which the study states them. */
const QLIKE_WITHIN = 0.0001;
const BROKER = "Europe/Athens";

const MODELS = {
  mean: trainingMean,
  persistence: persistence(24),
  har: harRange({ lags: [4, 24, 120, 480] }),
  pooled: harRange({ clock: BROKER }),
  perPair: harRange({ clock: BROKER, perSeries: true }),
  perPairNewYork: harRange({ clock: "America/New_York", perSeries: true }),
  pooledUtc: harRange({ clock: "UTC" }),
  perPairUtc: harRange({ clock: "UTC", perSeries: true }),
};
type Name = keyof typeof MODELS | "production";
type Scores = Readonly<Record<Name, RangeScore>> & { readonly dropped: number };

/** Hourly bars of a broker whose clock is Eastern European, written as if it were UTC; prices in points. */
async function readPair(pair: string): Promise<CandleSeries> {
  const { series } = await readCandles([`${process.env["RHYME_DATA"]}/fx/${pair}-1h.points.csv.gz`], {
    timeframe: "1h",
    calendar: calendarFx,
    zone: BROKER,
    wall: true,
    scale: pair.endsWith("JPY") ? 1000 : 100_000,
    now: Date.UTC(2026, 0, 1),
  });
  return series;
}

/** What the production forecaster says, as the log of a range relative to the price. */
function stated(candles: CandleSeries, horizon: string): Float64Array {
  const contexts = labelHorizon(candles, horizon);
  return harForecast(candles, contexts).map((f, i) => f + Math.log(contexts.atrNow[i]!));
}

function scoresOf(series: readonly CandleSeries[], bars: number): Scores {
  const panel = rangePanel(series, bars);
  const folds = walkForwardSplit(panel, calendarYears(2017, 2021), { embargoMs: DAY });
  const production = statedRange(
    "production",
    series.map((candles) => stated(candles, `${bars}h`)),
  );
  const models = Object.entries({ ...MODELS, production });
  const scores = judgeRanges(
    panel,
    folds,
    models.map(([, model]) => model),
  );
  const named = Object.fromEntries(models.map(([name], m) => [name, scores[m]!])) as Record<Name, RangeScore>;
  return { ...named, dropped: panel.dropped };
}

const distance = (score: RangeScore, r2: number): number => Math.abs(score.r2.mean - r2);
const qlikeDistance = (score: RangeScore, qlike: number): number => Math.abs(score.qlike.mean - qlike);

describe.skipIf(data.skip)("the protocol on seven FX pairs, 2017 to 2021", () => {
  let [short, long] = [{} as Scores, {} as Scores];
  beforeAll(async () => {
    const series: CandleSeries[] = [];
    for (const pair of PAIRS) series.push(await readPair(pair));
    [short, long] = [scoresOf(series, 4), scoresOf(series, 24)];
  });

  it("finds R² .639 in HAR + hour of week over all pairs at 4 h, and .691 per pair", () => {
    expect(distance(short.pooled, 0.639)).toBeLessThan(WITHIN);
    expect(distance(short.perPair, 0.691)).toBeLessThan(WITHIN);
  });

  it("does not find it with the hour of week in UTC", () => {
    expect(distance(short.pooledUtc, 0.639)).toBeGreaterThan(WITHIN);
    expect(distance(short.perPairUtc, 0.691)).toBeGreaterThan(WITHIN);
    for (const [f, fold] of short.perPair.folds.entries()) {
      expect(short.pooledUtc.folds[f]!.r2).toBeLessThan(short.pooled.folds[f]!.r2);
      expect(short.perPairUtc.folds[f]!.r2).toBeLessThan(fold.r2);
    }
  });

  it("finds .684 and .686 at 24 h, where the clock hardly matters", () => {
    expect(distance(long.pooled, 0.684)).toBeLessThan(WITHIN);
    expect(distance(long.perPair, 0.686)).toBeLessThan(WITHIN);
    expect(long.perPair.r2.mean - long.perPairUtc.r2.mean).toBeLessThan(0.001);
  });

  it("finds plain HAR at .382 and .657, and UTC at .629", () => {
    expect(distance(short.har, 0.382)).toBeLessThan(WITHIN);
    expect(distance(long.har, 0.657)).toBeLessThan(WITHIN);
    expect(distance(short.pooledUtc, 0.629)).toBeLessThan(WITHIN);
  });

  it("finds the same QLIKE and the same spread over the years", () => {
    expect(qlikeDistance(short.pooled, 0.052)).toBeLessThan(QLIKE_WITHIN);
    expect(qlikeDistance(short.perPair, 0.0445)).toBeLessThan(QLIKE_WITHIN);
    expect(qlikeDistance(long.pooled, 0.0178)).toBeLessThan(QLIKE_WITHIN);
    expect(qlikeDistance(long.perPair, 0.0176)).toBeLessThan(QLIKE_WITHIN);
    const errors = [short.pooled, short.perPair, long.pooled, long.perPair].map((score) => score.r2.error);
    [0.038, 0.031, 0.057, 0.056].forEach((error, i) => expect(errors[i]).toBeCloseTo(error, 2));
  });

  it("leaves out the 20.7 % of decisions for 24 h that a weekend follows", () => {
    expect(long.dropped).toBeCloseTo(0.207, 3);
  });

  it("ranks the models as they must be", () => {
    for (const { mean, persistence: stays, har, pooled, perPair } of [short, long]) {
      const r2 = [mean, stays, har, pooled, perPair].map((score) => score.r2.mean);
      expect(r2).toEqual([...r2].sort((a, b) => a - b));
      expect(r2[0]).toBe(0);
    }
  });

  it("finds the production forecaster no worse than the same regression refitted once a year", () => {
    for (const { production, perPairNewYork } of [short, long]) {
      expect(distance(production, perPairNewYork.r2.mean)).toBeLessThan(0.01);
      expect(production.r2.mean).toBeGreaterThan(perPairNewYork.r2.mean);
      expect(production.qlike.mean).toBeLessThan(perPairNewYork.qlike.mean);
    }
  });
});
