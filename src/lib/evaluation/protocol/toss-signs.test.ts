import { describe, expect, it } from "vitest";
import { createRng } from "../../math/rng.ts";
import { correlation } from "../../math/scores/correlation.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { expectAllClose } from "../../testing/matchers.ts";
import { tossSigns } from "./toss-signs.ts";

const one = syntheticCandles({ seed: 1, rows: 600, timeframe: "1h", symbol: "ONE" });
const twin = { ...one, symbol: "TWIN", close: one.close.map((c) => c ** 2) };
const steps = (close: Float64Array): Float64Array =>
  Float64Array.from({ length: close.length - 1 }, (_, i) => Math.log(close[i + 1]! / close[i]!));
const driftOf = (close: Float64Array): number => Math.log(close.at(-1)! / close[0]!) / (close.length - 1);

describe("closes whose signs are tossed", () => {
  it("make steps as large about the same drift, with about half of them turned round", () => {
    const [tossed] = tossSigns([one], createRng(7));
    const drift = driftOf(one.close);
    const [before, after] = [steps(one.close), steps(tossed!.close)].map((all) => all.map((x) => x - drift));
    expectAllClose(after!.map(Math.abs), before!.map(Math.abs), { atol: 1e-12, rtol: 0 });
    const moved = [...before!.keys()].filter((i) => Math.abs(before![i]!) > 1e-9);
    const turned = moved.filter((i) => before![i]! * after![i]! < 0).length;
    expect(Math.abs(turned / moved.length - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / moved.length));
    expect(tossed!.high).toBe(one.high);
  });

  it("keep together what moves together: one toss an instant for all series", () => {
    const [a, b] = tossSigns([one, twin], createRng(3));
    expect(correlation(steps(a!.close), steps(b!.close))).toBeCloseTo(1, 10);
    const later = { ...twin, ...{ closeTime: twin.closeTime.slice(100), close: twin.close.slice(100) } };
    const [c, d] = tossSigns([one, later], createRng(3));
    const own = driftOf(later.close) - 2 * driftOf(one.close);
    const apart = steps(c!.close).subarray(100);
    // twice the step of the other but for the drift, which is that of a shorter history
    expect(
      correlation(
        apart,
        steps(d!.close).map((x) => x - own),
      ),
    ).toBeGreaterThan(0.99);
  });

  it("are the same for the same seed, and of nothing are nothing", () => {
    expect(tossSigns([one], createRng(9))[0]!.close).toEqual(tossSigns([one], createRng(9))[0]!.close);
    expect(tossSigns([], createRng(9))).toEqual([]);
  });
});
