import { describe, expect, it } from "vitest";
import { effectiveSampleSize, weightsOf } from "./evidence.ts";
import { effectiveCount, overlapLag } from "./overlap.ts";

describe("overlap", () => {
  const anchor = Float64Array.of(0, 1, 2, 3, 10, 11);
  const matureAt = Float64Array.of(3, 4, 5, 6, 13, 14);

  it("counts intervals that can be picked without any two overlapping", () => {
    expect(effectiveCount(anchor, matureAt)).toBe(3); // 0–3, 3–6, 10–13
    expect(effectiveCount(new Float64Array(), new Float64Array())).toBe(0);
  });

  it("has as lag the most rows that begin inside one horizon", () => {
    expect(overlapLag(anchor, matureAt)).toBe(2);
    expect(overlapLag(Float64Array.of(0, 5, 9), Float64Array.of(5, 9, 12))).toBe(0);
  });
});

describe("weights of neighbours", () => {
  it("fall with distance, do not depend on its unit and sum to one", () => {
    const weights = weightsOf([0.1, 0.2, 0.4]);
    expect(weights[0]! > weights[1]! && weights[1]! > weights[2]!).toBe(true);
    expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 14);
    weightsOf([1, 2, 4]).forEach((w, i) => expect(w).toBeCloseTo(weights[i]!, 12));
  });

  it("are equal where distances are, and worth their number", () => {
    expect(weightsOf([0.3, 0.3, 0.3, 0.3])).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(effectiveSampleSize([0.25, 0.25, 0.25, 0.25])).toBe(4);
    expect(effectiveSampleSize([])).toBe(0);
    expect(weightsOf([])).toEqual([]);
  });
});
