import { describe, expect, it } from "vitest";
import { createRng } from "../../math/rng.ts";
import { bitEqual } from "../../testing/matchers.ts";
import { DAY } from "../../time/units.ts";
import { holdPositions } from "./hold-positions.ts";

const days = (n: number): Float64Array => Float64Array.from({ length: n }, (_, i) => i * DAY);

function walk(n: number, seed: number): Float64Array {
  const rng = createRng(seed);
  let price = 100;
  return Float64Array.from({ length: n }, () => (price *= Math.exp(0.01 * rng.normal())));
}

describe("holding positions", () => {
  it("earns the next bar's return, and pays for what is turned over", () => {
    const close = Float64Array.of(100, 110, 99, 99);
    const { net, equity, won, drawdown } = holdPositions(close, days(4), [1, -1, 0, 1], { cost: 0.001 });
    // bought at 100; turned to short at 110, two positions; closed at 99
    [0, 0.1 - 0.001, 0.1 - 0.002, -0.001].forEach((r, i) => expect(net[i]).toBeCloseTo(r, 12));
    expect(equity[3]).toBeCloseTo(1.099 * 1.098 * 0.999, 12);
    expect(won).toBe(1); // the last bar held nothing
    expect(drawdown).toBeCloseTo(0.001, 12);
  });

  it("of a position that never changes is the market's own growth, less one entry", () => {
    const close = walk(1462, 1);
    const { equity, turnover, yearly } = holdPositions(close, days(1462), new Float64Array(1462).fill(1));
    expect(equity.at(-1)).toBeCloseTo(close.at(-1)! / close[0]!, 10);
    expect(turnover).toBeCloseTo(1 / 4, 10); // 1,461 days are four years
    expect(yearly).toBeCloseTo((close.at(-1)! / close[0]!) ** (1 / 4) - 1, 10);
  });

  it("states a Sharpe ratio per year", () => {
    const close = Float64Array.of(100, 101, 102.01, 102.01);
    const { sharpe } = holdPositions(close, days(4), [1, 1, 1, 1]);
    // returns 1 %, 1 %, 0: mean 2/3 %, deviation 1/√3 %
    expect(sharpe).toBeCloseTo((2 / 3) * Math.sqrt(3) * Math.sqrt(365.25), 8);
  });

  it("holds nothing before the first decision, where there is none, and waits as long as it is told", () => {
    const close = Float64Array.of(100, 110, 121, 133.1);
    expect([...holdPositions(close, days(4), [NaN, NaN, NaN, NaN]).equity]).toEqual([1, 1, 1, 1]);
    expect(holdPositions(close, days(4), []).sharpe).toBe(0);
    const late = holdPositions(close, days(4), [1, 0, 0, 0], { delay: 1 });
    expect([...late.net].map((r) => Math.round(100 * r))).toEqual([0, 0, 10, 0]);
  });

  it("cannot lose more than everything", () => {
    const { equity, drawdown } = holdPositions(Float64Array.of(1, 4, 1), days(3), [-1, 1]);
    expect([...equity]).toEqual([1, 0, 0]);
    expect(drawdown).toBe(1);
  });

  it("says the same of a bar, bit for bit, whatever comes after it", () => {
    const [close, rng] = [walk(300, 2), createRng(3)];
    const position = Float64Array.from({ length: 300 }, () => Math.sign(rng.normal()));
    const whole = holdPositions(close, days(300), position, { cost: 1e-4, delay: 1 });
    const cut = holdPositions(close.slice(0, 200), days(200), position.slice(0, 199), {
      cost: 1e-4,
      delay: 1,
    });
    expect(bitEqual(cut.net, whole.net.slice(0, 200))).toBe(true);
    expect(bitEqual(cut.equity, whole.equity.slice(0, 200))).toBe(true);
  });

  it("earns nothing on a walk by a coin, on average", () => {
    const sharpes = Array.from({ length: 200 }, (_, seed) => {
      const rng = createRng(1000 + seed);
      const position = Float64Array.from({ length: 366 }, () => Math.sign(rng.normal()));
      return holdPositions(walk(366, seed), days(366), position).sharpe;
    });
    const mean = sharpes.reduce((sum, s) => sum + s, 0) / 200;
    expect(Math.abs(mean)).toBeLessThan(3 / Math.sqrt(200)); // a year's Sharpe has a deviation of one
  });
});
