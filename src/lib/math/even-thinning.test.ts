import { describe, expect, it } from "vitest";
import { isKept, placeWithin } from "./even-thinning.ts";
import { quantileSorted } from "./quantiles.ts";
import { createRng } from "./rng.ts";
import { ThinnedSample } from "./thinned-sample.ts";

const numbers = Array.from({ length: 1 << 14 }, (_, i) => i);

describe("even thinning", () => {
  it("keeps exactly one in every cell of `step`, all of them kept at smaller steps too", () => {
    let before = numbers;
    for (let step = 1; step <= 1 << 10; step *= 2) {
      const kept = numbers.filter((i) => isKept(i, step));
      expect(kept.map((i) => Math.floor(i / step))).toEqual(numbers.slice(0, numbers.length / step));
      const earlier = new Set(before);
      expect(kept.every((i) => earlier.has(i))).toBe(true);
      before = kept;
    }
  });

  it("is in step with no clock: of every remainder by 24 about as many are kept", () => {
    const counts = new Float64Array(24);
    for (const i of numbers) if (isKept(i, 16)) counts[i % 24]!++;
    const mean = numbers.length / 16 / 24;
    const chi2 = counts.reduce((sum, n) => sum + (n - mean) ** 2 / mean, 0);
    expect(chi2).toBeLessThan(49.7); // 0.1 % point of chi² with 23 degrees of freedom
  });

  it("places evenly within a width", () => {
    const counts = new Float64Array(12);
    for (const i of numbers) counts[placeWithin(i, 12)]!++;
    const mean = numbers.length / 12;
    expect(counts.reduce((sum, n) => sum + (n - mean) ** 2 / mean, 0)).toBeLessThan(31.3); // 0.1 % point, 11
    expect(placeWithin(5, 1)).toBe(0);
  });
});

describe("a thinned sample", () => {
  it("holds what thinning the whole list would keep, whatever its length", () => {
    const rng = createRng(6);
    const values = Float64Array.from({ length: 1_000 }, () => rng.normal());
    const sample = new ThinnedSample(30);
    values.forEach((value, i) => {
      sample.add(value);
      let step = 1;
      while (i + 1 > step * 30) step *= 2;
      const kept = values.slice(0, i + 1).filter((_, j) => isKept(j, step));
      expect(sample.size).toBe(kept.length);
      if (i % 17 === 0) expect(sample.quantile(0.3)).toBe(quantileSorted(kept.sort(), 0.3));
    });
    expect(new ThinnedSample(5).quantile(0.5)).toBeNaN();
  });
});
