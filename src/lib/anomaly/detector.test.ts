import { describe, expect, it } from "vitest";
import { createRng } from "../math/rng.ts";
import { EXCHANGEABLE, exchangeableAnchor, exchangeableMoments } from "../testing/exchangeable-moments.ts";
import { AnomalyDetector } from "./detector.ts";
import { conformalP } from "./p-value.ts";

const SEED = 11;
/** Kolmogorov: sup |F − F̂| of n exceeds 1.95 / √n with a chance of 0.1 % (Smirnov: of n and m, with √(1/n + 1/m)). */
const KOLMOGOROV = 1.95;

/** sup(F̂(p) − p) and sup(p − F̂(p)). */
function excesses(pValues: readonly number[]): { readonly above: number; readonly below: number } {
  const sorted = pValues.toSorted((a, b) => a - b);
  const [above, below] = [
    sorted.map((p, i) => (i + 1) / sorted.length - p),
    sorted.map((p, i) => p - i / sorted.length),
  ];
  return { above: Math.max(...above), below: Math.max(...below) };
}

describe(`p-values of exchangeable moments (seed ${SEED})`, () => {
  it("are uniform, score against past scores", () => {
    const rng = createRng(SEED);
    const pValues = Array.from({ length: 2_000 }, () =>
      conformalP(Float64Array.from({ length: 999 }, () => rng.normal()).sort(), rng.normal()),
    );
    const { above, below } = excesses(pValues);
    expect(Math.max(above, below)).toBeLessThan(KOLMOGOROV / Math.sqrt(2_000) + 1 / 1_000);
  });

  it("raise no more alarms than asked for at any level, judged by the detector one after the other", async () => {
    const { memory, residuals } = await exchangeableMoments(1_600, createRng(SEED));
    const detector = new AnomalyDetector(memory, residuals, EXCHANGEABLE);
    const judged = [];
    for (let i = 800; i < 1_600; i++) judged.push(await detector.judge(exchangeableAnchor(i)));
    const bound = KOLMOGOROV * Math.sqrt(1 / 800 + 1 / 400);
    for (const kind of ["distance", "residual"] as const) {
      const { above, below } = excesses(judged.map((one) => one[kind].pValue!));
      expect(above, kind).toBeLessThan(bound);
      if (kind === "residual") expect(below).toBeLessThan(bound); // distances shrink as the past grows
    }
    expect(excesses(judged.map(({ pValue }) => pValue!)).above).toBeLessThan(bound);
  });
});

describe("a planted anomaly", () => {
  const last = 999;

  it("is found by its distance, and told from a residual", async () => {
    const far = await exchangeableMoments(1_000, createRng(SEED), (vectors, _, dim) =>
      vectors.set([-9, 9, 9, -9, 0, 0, 0, 0], last * dim),
    );
    const detector = new AnomalyDetector(far.memory, far.residuals, EXCHANGEABLE);
    const judged = await detector.judge(exchangeableAnchor(last));
    expect(judged).toMatchObject({ kind: "distance", anomalous: true, alpha: 0.01 });
    const surprising = await exchangeableMoments(
      1_000,
      createRng(SEED),
      (_, scores) => void (scores[last] = 99),
    );
    const other = new AnomalyDetector(surprising.memory, surprising.residuals, EXCHANGEABLE);
    expect(await other.judge(exchangeableAnchor(last))).toMatchObject({
      kind: "residual",
      anomalous: true,
      residual: { score: 99, largest: { timeframe: "5m", feature: "range" } },
    });
  });

  it("comes with the nearest normal moment and the nearest that was anomalous too", async () => {
    const odd = [-9, 9, 9, -9, 0, 0, 0, 0];
    const { memory, residuals } = await exchangeableMoments(1_000, createRng(SEED), (vectors, _, dim) => {
      vectors.set(odd, last * dim);
      vectors.set(odd, 700 * dim);
    });
    const detector = new AnomalyDetector(memory, residuals, EXCHANGEABLE);
    const { nearestNormal, nearestAnomalous, pValue, ...judged } = await detector.compare(
      exchangeableAnchor(last),
    );
    expect(nearestAnomalous).toMatchObject({ anchor: exchangeableAnchor(700), distance: 0 });
    expect(nearestNormal!.pValue).toBeGreaterThan(judged.alpha);
    expect(nearestNormal!.distance).toBeGreaterThan(0);
    expect(nearestNormal!.anchor).toBeLessThan(judged.anchor);
    expect(pValue).toBe((await detector.judge(judged.anchor)).pValue);
  });
});

it("finds the nearest anomalous moment among fewer past ones than 399: each is held against the others alone", async () => {
  const odd = [-9, 9, 9, -9, 0, 0, 0, 0];
  const { memory, residuals } = await exchangeableMoments(560, createRng(SEED), (vectors, _, dim) => {
    for (const row of [400, 559]) vectors.set(odd, row * dim);
  });
  const detector = new AnomalyDetector(memory, residuals, EXCHANGEABLE);
  const { calibration, nearestAnomalous } = await detector.compare(exchangeableAnchor(559));
  expect(calibration.count).toBe(277);
  expect(nearestAnomalous).toMatchObject({ anchor: exchangeableAnchor(400), pValue: 2 / 277 });
});

describe("the detector", () => {
  it("says the same of a moment whatever is remembered after it", async () => {
    const asked = exchangeableAnchor(600);
    const [short, long] = [601, 900].map(async (count) => {
      const { memory, residuals } = await exchangeableMoments(900, createRng(SEED));
      const later = (await memory.anchors(EXCHANGEABLE.series)).slice(count);
      const ids = await Promise.all(
        Array.from(later, async (t) => (await memory.at(EXCHANGEABLE.series, t, t))!.id),
      );
      await memory.delete({ ids });
      return new AnomalyDetector(memory, residuals, EXCHANGEABLE).compare(asked);
    });
    expect(await short).toEqual(await long);
  });

  it("says the same in any order of asking", async () => {
    const { memory, residuals } = await exchangeableMoments(900, createRng(SEED));
    const forward = new AnomalyDetector(memory, residuals, EXCHANGEABLE);
    const backward = new AnomalyDetector(memory, residuals, EXCHANGEABLE);
    const asked = [500, 700, 899].map(exchangeableAnchor);
    const first = [];
    for (const t of asked) first.push(await forward.compare(t));
    const second = [];
    for (const t of asked.toReversed()) second.unshift(await backward.compare(t));
    expect(second).toEqual(first);
  });

  it("says nothing where the past is too short, and goes by what there is", async () => {
    const { memory, residuals } = await exchangeableMoments(900, createRng(SEED), (_, scores) =>
      scores.fill(NaN),
    );
    const detector = new AnomalyDetector(memory, residuals, EXCHANGEABLE);
    expect(await detector.judge(exchangeableAnchor(20))).toMatchObject({
      ...{ pValue: null, kind: null, anomalous: false },
      calibration: { count: 7 }, // the 10th to the 16th: later ones have not matured,
    });
    const late = await detector.judge(exchangeableAnchor(899));
    expect(late.residual).toMatchObject({ score: null, pValue: null });
    expect(late.pValue).toBe(late.distance.pValue);
  });

  it("refuses a moment behind all residuals that it was given", async () => {
    const { memory, residuals } = await exchangeableMoments(700, createRng(SEED));
    const short = { ...residuals, anchor: residuals.anchor.slice(0, 600) };
    const detector = new AnomalyDetector(memory, short, EXCHANGEABLE);
    await detector.judge(exchangeableAnchor(599));
    await expect(detector.judge(exchangeableAnchor(600))).rejects.toThrow("residuals of");
  });

  it("refuses moments that are not there and options out of range", async () => {
    const { memory, residuals } = await exchangeableMoments(60, createRng(SEED));
    const detector = new AnomalyDetector(memory, residuals, EXCHANGEABLE);
    await expect(detector.judge(exchangeableAnchor(3) + 1)).rejects.toThrow("a remembered moment");
    expect(() => new AnomalyDetector(memory, residuals, { ...EXCHANGEABLE, alpha: 1 })).toThrow("alpha");
    expect(() => new AnomalyDetector(memory, residuals, { ...EXCHANGEABLE, k: 0 })).toThrow("k");
  });
});
