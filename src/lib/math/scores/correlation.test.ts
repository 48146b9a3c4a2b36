import { expect, it } from "vitest";
import { correlation } from "./correlation.ts";

it("correlation is Pearson's, and undefined for a column that does not vary", () => {
  const a = Float64Array.of(1, 2, 3, 5);
  expect(correlation(a, a.map((x) => 7 - 2 * x))).toBeCloseTo(-1, 15); // prettier-ignore
  // by hand: deviations −1.75 −0.75 0.25 2.25 and −1 1 −1 1
  expect(correlation(a, Float64Array.of(0, 2, 0, 2))).toBeCloseTo(3 / Math.sqrt(8.75 * 4), 15);
  expect(correlation(a, new Float64Array(4))).toBeNaN();
});
