import { describe, expect, it } from "vitest";
import { expectAllClose } from "../../testing/matchers.ts";
import golden from "../../testing/golden/diebold-mariano.json" with { type: "json" };
import { createRng } from "../rng.ts";
import { studentT } from "../student-t.ts";
import { crpsFromQuantiles, levelWeights, pinball } from "./crps.ts";
import { dieboldMariano } from "./diebold-mariano.ts";

describe("the Diebold-Mariano test", () => {
  it("equals forecast::dm.test with Bartlett weights", () => {
    for (const { lag, differences, statistic, p } of golden.cases) {
      const test = dieboldMariano(differences, lag)!;
      expectAllClose([test.statistic, test.p], [statistic, p], { rtol: 1e-10 });
    }
  });

  it("says nothing without variance or with fewer rows than twice the overlap", () => {
    expect(dieboldMariano(new Float64Array(100).fill(-0.25), 3)).toBeNull();
    expect(dieboldMariano([-1, -2, -1, -3], 2)).toBeNull();
  });

  it("calls at most about 5 % of coin flips significant", () => {
    const rng = createRng(8);
    let called = 0;
    for (let i = 0; i < 1000; i++) {
      const differences = Float64Array.from({ length: 60 }, () => rng.normal());
      if (dieboldMariano(differences, 0)!.p < 0.05) called++;
    }
    expect(Math.abs(called / 1000 - 0.05)).toBeLessThan(3 * Math.sqrt((0.05 * 0.95) / 1000));
  });
});

it("Student's t equals scipy's", () => {
  // from the far tail's 1e-60 on, so relative; the incomplete beta loses a few digits at large df
  expectAllClose(
    golden.studentT.map(({ t, df }) => studentT(t, df)),
    golden.studentT.map(({ p }) => p),
    { rtol: 1e-9 },
  );
});

describe("CRPS from quantiles", () => {
  it("weighs every level by the part of [0, 1] it stands for", () => {
    expectAllClose(levelWeights([0.1, 0.5, 0.9]), [0.3, 0.4, 0.3], { rtol: 1e-12 });
    expect(levelWeights([0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95]).reduce((a, b) => a + b, 0)).toBeCloseTo(
      1,
      14,
    );
  });

  it("is the absolute error for a forecast without spread", () => {
    const levels = [0.1, 0.5, 0.9];
    expect(crpsFromQuantiles(levels, levelWeights(levels), [2, 2, 2], 5)).toBeCloseTo(3, 12);
    expect(pinball(0.9, 1, 3)).toBeCloseTo(1.8, 12);
    expect(pinball(0.9, 3, 1)).toBeCloseTo(0.2, 12);
  });

  it("comes near the exact CRPS of the logistic distribution with many levels", () => {
    // quantiles of a logistic distribution, whose CRPS at its median is 2 ln 2 − 1 (Jordan et al. 2019)
    const levels = Array.from({ length: 999 }, (_, i) => (i + 1) / 1000);
    const quantiles = levels.map((p) => Math.log(p / (1 - p)));
    expect(crpsFromQuantiles(levels, levelWeights(levels), quantiles, 0)).toBeCloseTo(2 * Math.log(2) - 1, 3);
  });
});
