import { describe, expect, it } from "vitest";
import { expectAllClose } from "../../testing/matchers.ts";
import golden from "../../testing/golden/diebold-mariano.json" with { type: "json" };
import { createRng } from "../rng.ts";
import { studentT } from "../student-t.ts";
import { chanceOf } from "./chance-of.ts";
import { crpsFromQuantiles, levelWeights } from "./crps.ts";
import { dieboldMariano } from "./diebold-mariano.ts";
import { intervalScore } from "./interval-score.ts";
import { meanPinball, pinball } from "./pinball.ts";
import { rankCorrelation } from "./rank-correlation.ts";

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

describe("the chance of a mean", () => {
  it("is two-sided, counts all tries, and is nothing for a single value", () => {
    const { t, df, p } = golden.studentT.find((one) => one.t > 0 && one.df > 1)!;
    expect(chanceOf({ mean: -2 * t, error: 2 }, df + 1)).toBeCloseTo(2 * (1 - p), 12);
    expect(chanceOf({ mean: 3, error: 1 }, 5, 4)).toBeCloseTo(4 * chanceOf({ mean: 3, error: 1 }, 5), 12);
    expect(chanceOf({ mean: 1, error: 1 }, 5, 100)).toBe(1);
    expect(chanceOf({ mean: 1, error: NaN }, 1)).toBeNaN();
    expect(chanceOf({ mean: 0, error: 0 }, 3)).toBe(1);
  });
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

describe("the pinball loss", () => {
  it("is the mean over levels of what each quantile costs", () => {
    // by hand: 0.1·(3 − 1), 0.5·(3 − 2), (1 − 0.9)·(5 − 3)
    expect(meanPinball([0.1, 0.5, 0.9], [1, 2, 5], 3)).toBeCloseTo((0.2 + 0.5 + 0.2) / 3, 14);
  });

  it("is least at the level's own quantile of what comes", () => {
    const rng = createRng(4);
    const ys = Float64Array.from({ length: 20_000 }, () => rng.next());
    const cost = (q: number): number => ys.reduce((sum, y) => sum + pinball(0.8, q, y), 0);
    const grid = Array.from({ length: 21 }, (_, i) => i / 20);
    expect(grid.reduce((a, b) => (cost(b) < cost(a) ? b : a))).toBe(0.8);
  });

  it("at equally spread levels, doubled, is the CRPS of an ensemble up to its own spread", () => {
    // Bröcker 2012: quantiles at (i − ½)/m weigh as an ensemble of m; CRPS = mean|x − y| − ½ mean|x − x'|
    const members = [-1.3, -0.2, 0.4, 2.5];
    const levels = members.map((_, i) => (i + 0.5) / members.length);
    const y = 0.9;
    const away = members.reduce((sum, x) => sum + Math.abs(x - y), 0) / 4;
    const apart = members.flatMap((a) => members.map((b) => Math.abs(a - b))).reduce((a, b) => a + b, 0) / 16;
    expect(2 * meanPinball(levels, members, y)).toBeCloseTo(away - apart / 2, 12);
    expect(crpsFromQuantiles(levels, levelWeights(levels), members, y)).toBeCloseTo(away - apart / 2, 12);
  });
});

describe("the interval score", () => {
  it("is the width inside, and the width and ten times the miss outside an 80 % band", () => {
    // Gneiting & Raftery 2007, equation 43, α = 0.2
    expect(intervalScore(0.8, -1, 2, 0)).toBeCloseTo(3, 12);
    expect(intervalScore(0.8, -1, 2, 2)).toBeCloseTo(3, 12);
    expect(intervalScore(0.8, -1, 2, 2.5)).toBeCloseTo(3 + 10 * 0.5, 12);
    expect(intervalScore(0.8, -1, 2, -1.1)).toBeCloseTo(3 + 10 * 0.1, 12);
  });

  it("is the pinball loss of the band's two ends, times 2 / α", () => {
    for (const y of [-3, -0.4, 0.7, 9])
      for (const coverage of [0.5, 0.8, 0.9]) {
        const alpha = 1 - coverage;
        const ends = pinball(alpha / 2, -0.5, y) + pinball(1 - alpha / 2, 1.5, y);
        expect(intervalScore(coverage, -0.5, 1.5, y)).toBeCloseTo((2 / alpha) * ends, 10);
      }
  });
});

describe("the rank correlation", () => {
  it("is Spearman's, ties sharing their mean rank", () => {
    // by hand: ranks less 1.5: -1.5, 0, 0, 1.5 and -0.5, -1.5, 0.5, 1.5
    const rho = rankCorrelation(Float64Array.of(-2, 7, 7, 9), Float64Array.of(5, 1, 6, 80));
    expect(rho).toBeCloseTo((0.75 + 2.25) / Math.sqrt(4.5 * 5), 14);
  });

  it("is 1 for any rising function, -1 for any falling one, nothing without variance", () => {
    const rng = createRng(5);
    const x = Float64Array.from({ length: 200 }, () => rng.normal());
    expect(rankCorrelation(x, x.map(Math.exp))).toBeCloseTo(1, 14);
    expect(rankCorrelation(x, x.map((v) => -(v ** 3)))).toBeCloseTo(-1, 14); // prettier-ignore
    expect(rankCorrelation(x, new Float64Array(200).fill(2))).toBeNaN();
  });
});
