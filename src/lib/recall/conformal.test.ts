import { describe, expect, it } from "vitest";
import { createRng } from "../math/rng.ts";
import { HOUR } from "../time/units.ts";
import { calibrate } from "./conformal.ts";
import { fromNames, Ledger } from "./ledger.ts";
import { pastOf, type Past } from "./past.ts";
import { CALIBRATED, MOMENT_COLUMNS, PREDICTIONS, QUANTILE_LABELS } from "./record-type.ts";

const NORMAL = [-1.645, -1.282, -0.674, 0, 0.674, 1.282, 1.645];

/** Past answers whose stated scale is `wrong` times the true one, which changes from row to row. */
function simulate(
  rows: number,
  wrong: number,
  seed: number,
  horizonHours = 1,
): { ledger: Ledger; scale: number[]; y: number[] } {
  const rng = createRng(seed);
  const ledger = new Ledger(rows);
  const [scale, y]: [number[], number[]] = [[], []];
  for (let r = 0; r < rows; r++) {
    scale.push(Math.exp(Math.sin(r / 15) + 0.5 * rng.normal()));
    y.push(scale[r]! * rng.normal());
    const quantiles = Float64Array.from(NORMAL, (z) => z * wrong * scale[r]!);
    ledger.append({
      moment: { ...fromNames(MOMENT_COLUMNS, () => 0), index: r, anchor: r * HOUR },
      raw: fromNames(PREDICTIONS, () => quantiles),
      calibrated: fromNames(CALIBRATED, () => quantiles),
    });
    ledger.settle(r, {
      matureAt: (r + horizonHours) * HOUR,
      values: fromNames(QUANTILE_LABELS, () => y[r]!),
    });
  }
  return { ledger, scale, y };
}

const all = (ledger: Ledger): Past => pastOf(ledger, Infinity);

describe("conformal calibration", () => {
  it.each([0.4, 1, 3])(
    "covers 80 % of heteroskedastic outcomes although the scale is %s times too large",
    (wrong) => {
      const rows = 3000;
      const { ledger, scale, y } = simulate(rows, wrong, 21);
      let [hits, asked] = [0, 0];
      for (let r = 400; r < rows; r += 3) {
        const raw = Float64Array.from(NORMAL, (z) => z * wrong * scale[r]!);
        const { quantiles, calibrated } = calibrate(pastOf(ledger, r * HOUR), "recall.return", raw);
        expect(calibrated).toBe(true);
        if (y[r]! >= quantiles[1]! && y[r]! <= quantiles[5]!) hits++;
        asked++;
      }
      // three binomial standard deviations, twice: of the outcomes asked and of the ≥ 400 that calibrate them
      const tolerance = 3 * Math.sqrt(0.16 / asked + 0.16 / 400);
      expect(Math.abs(hits / asked - 0.8)).toBeLessThan(tolerance);
    },
  );

  it("takes the ⌈(n + 1)·coverage⌉-th smallest score", () => {
    const { ledger } = simulate(60, 1, 3);
    const scores = [...ledger.scores["recall.return"][1]!].sort((a, b) => a - b);
    const { quantiles } = calibrate(all(ledger), "recall.return", Float64Array.from(NORMAL));
    expect(quantiles[5]).toBe(1.282 * scores[49 - 1]!); // 61 · 0.8 = 48.8
    expect(quantiles[3]).toBe(0);
  });

  it("keeps quantiles ascending, volatility positive and RVI within 0 and 100", () => {
    const { ledger } = simulate(200, 0.1, 4);
    for (const label of ["return", "rvi", "realisedVolatility"] as const) {
      const raw = Float64Array.of(0.1, 0.2, 0.4, 1, 30, 60, 90);
      const { quantiles } = calibrate(all(ledger), `recall.${label}`, raw);
      for (let i = 1; i < 7; i++) expect(quantiles[i]).toBeGreaterThanOrEqual(quantiles[i - 1]!);
      if (label !== "return") expect(quantiles[0]).toBeGreaterThanOrEqual(0);
      if (label === "rvi") expect(quantiles[6]).toBeLessThanOrEqual(100);
    }
  });

  it("leaves quantiles alone with fewer than 50 past answers, or 20 free of overlap", () => {
    const raw = Float64Array.from(NORMAL);
    expect(calibrate(null, "recall.return", raw)).toEqual({ quantiles: raw, calibrated: false });
    expect(calibrate(all(simulate(49, 1, 5).ledger), "recall.return", raw).calibrated).toBe(false);
    expect(calibrate(all(simulate(50, 1, 5).ledger), "recall.return", raw).calibrated).toBe(true);
    expect(calibrate(all(simulate(190, 1, 5, 10).ledger), "recall.return", raw).calibrated).toBe(false);
    expect(calibrate(all(simulate(200, 1, 5, 10).ledger), "recall.return", raw).calibrated).toBe(true);
  });

  it("ignores abstained answers", () => {
    const { ledger } = simulate(100, 1, 6);
    const before = calibrate(all(ledger), "recall.return", Float64Array.from(NORMAL)).quantiles;
    const extra = simulate(101, 1, 6).ledger;
    extra.moments.abstained[100] = 1;
    expect(calibrate(all(extra), "recall.return", Float64Array.from(NORMAL)).quantiles).toEqual(before);
  });
});
