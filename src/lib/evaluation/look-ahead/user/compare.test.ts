import { describe, expect, it } from "vitest";
import { compareTold, sameValues, type Told } from "./compare.ts";

const told = (values: number[], knownAt = values.map((_, i) => i)): Told => ({
  values: Float64Array.from(values),
  knownAt: Float64Array.from(knownAt),
});

describe("compareTold", () => {
  it("looks at what was known by t alone, and takes NaN for NaN but not 0 for −0", () => {
    expect(compareTold(told([1, NaN, 3]), told([1, NaN, 9]), 1, 0)).toMatchObject({
      compared: 1,
      differing: 0,
    });
    expect(compareTold(told([1, NaN, 3]), told([1, NaN, 9]), 2, 0)).toMatchObject({ differing: 1, row: 2 });
    expect(compareTold(told([0]), told([-0]), 0, 0).differing).toBe(1);
  });

  it("pairs rows by their order among those that were known, whatever lies between", () => {
    const whole = told([1, 2, 3], [0, 9, 2]);
    expect(compareTold(whole, told([1, 3], [0, 2]), 2, 0)).toMatchObject({ compared: 2, differing: 0 });
  });

  it("names the last difference at which both say something, and how large the largest is", () => {
    const found = compareTold(told([2, 4, 5]), told([1, 4, NaN]), 2, 0);
    expect(found).toMatchObject({ differing: 2, row: 0, otherRow: 0, relative: Infinity });
    expect(compareTold(told([2, 4]), told([1, 4]), 2, 0).relative).toBe(0.5);
  });

  it("counts a column that is not there as one that says nothing", () => {
    expect(compareTold(told([1, NaN]), null, 1, 0)).toMatchObject({ compared: 1, differing: 1, row: 0 });
  });

  it("lets rounding pass where a tolerance is given, and never a value for none", () => {
    expect(compareTold(told([1]), told([1 + 1e-12]), 0, 1e-9).differing).toBe(0);
    expect(compareTold(told([1]), told([1 + 1e-6]), 0, 1e-9).differing).toBe(1);
    expect(compareTold(told([1]), told([NaN]), 0, 1e-9).differing).toBe(1);
  });
});

it("sameValues tells lengths and single bits apart", () => {
  expect(sameValues(Float64Array.of(1, NaN), Float64Array.of(1, NaN))).toBe(true);
  expect(sameValues(Float64Array.of(1), Float64Array.of(1, 1))).toBe(false);
  expect(sameValues(Float64Array.of(0), Float64Array.of(-0))).toBe(false);
});
