import { describe, expect, it } from "vitest";
import { createRng } from "../math/rng.ts";
import { MaskedReconstruction, type Residual } from "./masked-reconstruction.ts";
import type { MomentColumns } from "./moment-rows.ts";

const columns: MomentColumns = { timeframes: ["1h", "4h"], features: ["a", "b"], width: 8, hidden: [0, 1] };
const SEED = 5;

/** Moments in which the fine candle's `a` is the coarse one's plus noise; everything else is noise. */
function residualsOf(moments: number, change: (moment: Float64Array, i: number) => void): Residual[] {
  const rng = createRng(SEED);
  const model = new MaskedReconstruction(columns);
  return Array.from({ length: moments }, (_, i) => {
    const moment = Float64Array.from({ length: 8 }, () => rng.normal());
    moment[0] = moment[2]! + 0.1 * rng.normal();
    change(moment, i);
    return model.next(moment);
  });
}

describe(`masked reconstruction (seed ${SEED})`, () => {
  it("says nothing before it has learnt, then about 1 on average", () => {
    const residuals = residualsOf(2_000, () => undefined);
    expect(residuals.slice(0, 500).every(({ score }) => Number.isNaN(score))).toBe(true);
    const said = residuals.slice(500).map(({ score }) => score);
    const mean = said.reduce((a, b) => a + b, 0) / said.length;
    // 4 features, 1,500 moments, squares of normal numbers: sd of the mean √(2 / 6,000) = 0.018, two of them correlated
    expect(Math.abs(mean - 1)).toBeLessThan(0.1);
  });

  it("finds a moment whose every value is usual but which contradicts itself", () => {
    const planted = (moment: Float64Array, i: number): void => {
      if (i === 1_999) [moment[0], moment[2]] = [1, -1];
    };
    const residuals = residualsOf(2_000, planted);
    const { score, column, deviation } = residuals[1_999]!;
    expect(Math.max(...residuals.slice(500, 1_999).map((one) => one.score))).toBeLessThan(score);
    expect([0, 2]).toContain(column);
    expect(Math.abs(deviation)).toBeGreaterThan(10);
  });

  it("says the same of a moment whatever follows it", () => {
    const whole = residualsOf(1_500, () => undefined);
    const changed = residualsOf(1_500, (moment, i) => void (i >= 1_200 && moment.fill(99)));
    expect(changed.slice(0, 1_200)).toEqual(whole.slice(0, 1_200));
    expect(changed.slice(1_200)).not.toEqual(whole.slice(1_200));
  });

  it("leaves out what is not known, and what no moment has", () => {
    const without = residualsOf(1_000, (moment, i) => {
      moment[1] = NaN; // a source without volume
      if (i === 999) moment[0] = NaN;
    });
    expect(without[998]!.score).toBeGreaterThan(0);
    expect(without[999]!.score).toBeGreaterThan(0);
    expect(without.every(({ column }) => column !== 1)).toBe(true);
    expect(residualsOf(1_000, (moment) => void moment.fill(NaN)).at(-1)).toEqual({
      score: NaN,
      column: -1,
      deviation: NaN,
    });
  });
});
