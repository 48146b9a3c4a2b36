import { describe, expect, it } from "vitest";
import { createRng } from "../../math/rng.ts";
import { DAY } from "../../time/units.ts";
import { equalShares } from "./equal-shares.ts";
import { holdPositions } from "./hold-positions.ts";
import { sharpeRatio } from "./sharpe-ratio.ts";

const days = (n: number, from = 0): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => (from + i) * DAY);

function returns(n: number, seed: number, mean = 0): Float64Array {
  const rng = createRng(seed);
  return Float64Array.from({ length: n }, (_, i) => (i === 0 ? 0 : mean + 0.01 * rng.normal()));
}

describe("a Sharpe ratio", () => {
  it("is per year, and 0 where nothing varies", () => {
    // 1 %, 1 %, 0: mean 2/3 %, deviation 1/√3 %
    const { sharpe, error } = sharpeRatio(Float64Array.of(9, 0.01, 0.01, 0), days(4));
    expect(sharpe).toBeCloseTo((2 / 3) * Math.sqrt(3) * Math.sqrt(365.25), 10);
    expect(error).toBeCloseTo(Math.sqrt((1 + (4 / 3) / 2) / 3) * Math.sqrt(365.25), 10); // prettier-ignore
    expect(sharpeRatio(new Float64Array(5), days(5))).toEqual({ sharpe: 0, error: NaN, p: NaN });
    expect(sharpeRatio(new Float64Array(0), days(0)).sharpe).toBe(0);
  });

  it("errs as it says: over seeds it spreads by its error, and chance is called in about one of twenty", () => {
    const all = Array.from({ length: 400 }, (_, seed) => sharpeRatio(returns(1000, 50 + seed), days(1000)));
    const mean = all.reduce((sum, one) => sum + one.sharpe / 400, 0);
    const spread = Math.sqrt(all.reduce((sum, one) => sum + (one.sharpe - mean) ** 2 / 399, 0));
    expect(spread / all[0]!.error).toBeGreaterThan(0.85);
    expect(spread / all[0]!.error).toBeLessThan(1.15);
    const called = all.filter(({ p }) => p < 0.05).length / 400;
    expect(Math.abs(called - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / 400));
  });

  it("of a difference tells what two ratios and the error of one do not, where both rise and fall together", () => {
    const market = returns(2000, 1);
    const better = market.map((r, i) => r + (i % 2 === 0 ? 0.0006 : -0.0002));
    const less = better.map((r, i) => r - market[i]!);
    expect(sharpeRatio(less, days(2000)).p).toBeLessThan(1e-9);
    const [one, other] = [better, market].map((net) => sharpeRatio(net, days(2000)));
    expect(one!.sharpe - other!.sharpe).toBeLessThan(one!.error);
  });
});

describe("equal shares", () => {
  it("earn the mean of their series, and nothing where one has no bar", () => {
    const [a, b] = [
      { net: Float64Array.of(0, 0.1, 0.2), closeTime: days(3) },
      { net: Float64Array.of(0, 0.3), closeTime: days(2, 1) },
    ];
    const { net, closeTime } = equalShares([a, b]);
    expect([...closeTime]).toEqual([...days(3)]);
    [0, 0.05, 0.25].forEach((r, i) => expect(net[i]).toBeCloseTo(r, 12));
  });

  it("of one series twice are that series, so its Sharpe ratio is no surer", () => {
    const close = returns(500, 4).map((r) => Math.exp(r));
    const { net } = holdPositions(close, days(500), new Float64Array(500).fill(1));
    const [one, twice] = [1, 2].map((times) =>
      equalShares(Array.from({ length: times }, () => ({ net, closeTime: days(500) }))),
    );
    expect(sharpeRatio(twice!.net, twice!.closeTime)).toEqual(sharpeRatio(one!.net, one!.closeTime));
  });
});
