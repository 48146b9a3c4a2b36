import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exp, tanh } from "./exp.ts";

describe("exp and tanh of plain arithmetic", () => {
  it("are those of the platform to a few units in the last place", () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
        expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThan(2e-15);
        expect(Math.abs(tanh(x / 20) - Math.tanh(x / 20))).toBeLessThan(4e-16);
      }),
      { seed: 1, numRuns: 5_000 },
    );
  });

  it("end where doubles do", () => {
    expect([exp(0), exp(-Infinity), exp(-800), exp(Infinity), exp(800), exp(NaN)]).toEqual([
      ...[1, 0, 0, Infinity, Infinity, NaN],
    ]);
    expect([tanh(0), tanh(-1e9), tanh(1e9)]).toEqual([0, -1, 1]);
  });
});
