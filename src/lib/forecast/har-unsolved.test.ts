import { expect, it, vi } from "vitest";
import { labelHorizon } from "../context/label.ts";
import { syntheticCandles } from "../testing/candles.ts";
import { harForecast } from "./har.ts";

const solver = vi.hoisted(() => ({ calls: 0, failures: Infinity }));

vi.mock("../math/cholesky.ts", async (original) => {
  const { solvePositiveDefinite } = await original<typeof import("../math/cholesky.ts")>();
  return {
    solvePositiveDefinite: (a: Float64Array, b: Float64Array) =>
      ++solver.calls > solver.failures && solvePositiveDefinite(a, b),
  };
});

const candles = syntheticCandles({ seed: 4, rows: 1000, timeframe: "1h" });
const contexts = labelHorizon(candles, "4h");
const begin = (failures: number): number => {
  Object.assign(solver, { calls: 0, failures });
  return harForecast(candles, contexts).findIndex(Number.isFinite);
};

it("the HAR forecast says nothing while its equations cannot be solved, and begins with the first fit that can", () => {
  expect(begin(Infinity)).toBe(-1);
  expect(solver.calls).toBeGreaterThan(10);
  const usual = begin(0);
  expect(usual).toBeGreaterThan(0);
  expect(begin(3)).toBeGreaterThan(usual);
});
