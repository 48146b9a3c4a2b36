import { describe, expect, it } from "vitest";
import { createRng } from "../../math/rng.ts";
import { LEVELS } from "../../recall/answer.ts";
import { fromNames } from "../../recall/ledger.ts";
import { iso } from "../../time/units.ts";
import { stepMeans, stepsOf } from "./by-instant.ts";
import { makeTrustReport } from "./make-trust-report.ts";
import { TRUST_LABELS, TRUST_METHODS, type TrustMethod, type TrustReport } from "./trust-report.ts";
import type { TrustRows } from "./trust-rows.ts";

const HOUR = 3_600_000;
const START = Date.UTC(2020, 0, 1);
const HORIZON_HOURS = 4;
const NORMAL = [-1.645, -1.2816, -0.6745, 0, 0.6745, 1.2816, 1.645];
const encoder = { version: "v1", knownAt: START - HOUR };
const OPTIONS = {
  ...{ tenant: "default", horizon: "4h", refit: "never" as const, resamples: 300 },
  ...{ folds: [{ from: -Infinity, to: Infinity, encoder }], calendars: ["24x7", "24x7"] },
};

/** How many times too wide each method's quantiles are; the outcomes are standard normal. */
const WIDTH: Readonly<Record<TrustMethod, number>> = {
  ...{ recall: 1, withoutRecall: 1.5, harClock: 2, har: 0.5, persistence: 3, climatology: 4 },
};

/** Two symbols asked at the same hours. */
function world(hours: number, seed = 1): TrustRows {
  const rng = createRng(seed);
  const count = 2 * hours;
  const anchor = Float64Array.from({ length: count }, (_, i) => START + Math.floor(i / 2) * 2 * HOUR);
  const outcome = (): Float64Array => Float64Array.from({ length: count }, () => rng.normal());
  const keys = ["A", "B"].map((symbol) => ({ source: "test", symbol, timeframe: "1h" }));
  return {
    series: keys,
    seriesOf: Int32Array.from({ length: count }, (_, i) => i % 2),
    anchor,
    matureAt: anchor.map((t) => t + HORIZON_HOURS * HOUR),
    missing: new Uint8Array(count),
    abstained: new Uint8Array(count),
    outcomes: fromNames(TRUST_LABELS, outcome),
    quantiles: fromNames(TRUST_LABELS, () =>
      fromNames(TRUST_METHODS, (method) =>
        Float64Array.from({ length: count * 7 }, (_, i) => WIDTH[method] * NORMAL[i % 7]!),
      ),
    ),
  };
}

const scoresOf = (report: TrustReport, method: TrustMethod) =>
  report.labels.return.methods.find((one) => one.method === method)!;

describe("a trust report", () => {
  const rows = world(400);
  const report = makeTrustReport(rows, OPTIONS);

  it("holds the mean CRPS, pinball and interval score written out", () => {
    let [crps, pinball, interval] = [0, 0, 0];
    for (const y of rows.outcomes.return) {
      const loss = LEVELS.map((p, j) => Math.max(p * (y - 2 * NORMAL[j]!), (p - 1) * (y - 2 * NORMAL[j]!)));
      const width = [0.075, 0.1, 0.2, 0.25, 0.2, 0.1, 0.075];
      crps += loss.reduce((sum, l, j) => sum + 2 * l * width[j]!, 0) / 800;
      pinball += loss.reduce((sum, l) => sum + l, 0) / 7 / 800;
      const [low, high] = [2 * NORMAL[1]!, 2 * NORMAL[5]!];
      interval += (high - low + 10 * (Math.max(low - y, 0) + Math.max(y - high, 0))) / 800;
    }
    const { crps: said, pinball: mean, intervalScore } = scoresOf(report, "harClock");
    expect(said.value).toBeCloseTo(crps, 10);
    expect(mean.value).toBeCloseTo(pinball, 10);
    expect(intervalScore["80"].value).toBeCloseTo(interval, 10);
  });

  it("says how often bands held and quantiles were not passed, with intervals that hold the truth", () => {
    const { coverage } = scoresOf(report, "recall");
    for (const [band, nominal] of [
      ["50", 0.5],
      ["80", 0.8],
      ["90", 0.9],
    ] as const) {
      const { value, low, high } = coverage[band];
      expect(low!).toBeLessThan(value);
      expect(high!).toBeGreaterThan(value);
      expect(Math.abs(value - nominal)).toBeLessThan(3 * Math.sqrt((nominal * (1 - nominal)) / 800));
    }
    const inside = rows.outcomes.return.filter((y) => Math.abs(y) <= 1.2816).length / 800;
    expect(coverage["80"].value).toBeCloseTo(inside, 12);
    const median = report.labels.return.reliability.recall.find(({ level }) => level === 0.5)!;
    expect(median.observed.value).toBeCloseTo(rows.outcomes.return.filter((y) => y <= 0).length / 800, 12);
  });

  it("puts the answer beside every other on the same rows", () => {
    const { against } = report.labels.return;
    expect(against.map(({ method }) => method)).toEqual(TRUST_METHODS.slice(1));
    for (const { method, ratio, p } of against) {
      expect(ratio.value).toBeCloseTo(
        scoresOf(report, "recall").crps.value / scoresOf(report, method).crps.value,
        12,
      );
      expect(ratio.high).toBeLessThan(1); // the only calibrated one is the best
      expect(p).toBeLessThan(0.001);
    }
    expect(report.sentence).toMatch(/Recall adds something to the return and the range/);
  });

  it("counts answers that do not overlap whatever their symbol, and blocks that outlast the horizon", () => {
    // every two hours two answers of four hours: every second instant is free of the one before
    expect(report.effective).toBe(200);
    expect(report.answered).toBe(800);
    expect(report.bootstrap).toEqual({ resamples: 300, blocks: 20, coverage: 0.95 });
    const steps = stepsOf(rows.anchor, rows.matureAt);
    expect(steps).toMatchObject({ count: 400, overlap: 1 });
    expect([
      ...stepMeans(
        steps,
        rows.anchor.map((_, i) => i),
      ).subarray(0, 2),
    ]).toEqual([0.5, 2.5]);
  });

  it("shows best and worst answers that are different moments", () => {
    for (const list of [report.best, report.worst]) {
      expect(list).toHaveLength(5);
      const spans = list.map((e) => [Date.parse(e.anchor), Date.parse(e.matureAt)] as const);
      for (const [i, a] of spans.entries())
        for (const b of spans.slice(i + 1)) expect(a[0] < b[1] && b[0] < a[1]).toBe(false);
    }
    const gain = (e: TrustReport["best"][number]): number => e.crps.climatology - e.crps.recall;
    expect(Math.min(...report.best.map(gain))).toBeGreaterThan(Math.max(...report.worst.map(gain)));
  });

  it("tells stretches of time apart, and adds up over them", () => {
    expect(report.periods.map(({ from }) => from.slice(0, 7))).toEqual(["2020-01", "2020-02"]);
    expect(report.periods.reduce((sum, period) => sum + period.answered, 0)).toBe(800);
    const mean = report.periods.reduce((sum, p) => sum + (p.crps!.return.recall * p.answered) / 800, 0);
    expect(mean).toBeCloseTo(scoresOf(report, "recall").crps.value, 12);
    expect(report.folds).toMatchObject([{ from: iso(START), asked: 800, answered: 800 }]);
  });

  it("is plain data without a number that JSON would lose", () => {
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
});

describe("rows that cannot be scored", () => {
  it("are counted by why: abstained, pending, missing for ever, without a baseline", () => {
    const rows = world(100);
    rows.abstained.fill(1, 0, 30);
    rows.matureAt.fill(NaN, 150, 160);
    rows.missing.fill(1, 155, 160);
    rows.quantiles.return.har.fill(NaN, 40 * 7, 44 * 7);
    const report = makeTrustReport(rows, OPTIONS);
    expect(report).toMatchObject({ asked: 190, answered: 156, unscored: 4, pending: 5, missing: 5 });
    expect(report.abstentions).toBeCloseTo(30 / 190, 14);
    expect(report.whenAbstained!.rows).toBe(30);
    const { recall, climatology } = report.whenAbstained!.crps.return;
    expect(recall).toBeLessThan(climatology);
  });

  it("leave the intervals out where blocks are too few, and p where answers are", () => {
    const report = makeTrustReport(world(2), OPTIONS);
    expect(scoresOf(report, "recall").crps).toMatchObject({ low: null, high: null });
    expect(report.labels.return.against[0]!.p).toBeNull();
    expect(report.whenAbstained).toBeNull();
    expect(report.sentence).toMatch(/too few to tell from chance.*Recall adds nothing here/);
  });

  it("alone are no report, and the error says why", () => {
    const rows = world(10);
    rows.abstained.fill(1);
    expect(() => makeTrustReport(rows, OPTIONS)).toThrow(
      /20 questions with an outcome, 20 of them abstained/,
    );
  });
});
