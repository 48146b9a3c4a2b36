import { describe, expect, it } from "vitest";
import { expectAllClose } from "../testing/matchers.ts";
import { blockBootstrap } from "./block-bootstrap.ts";
import { quantileSorted } from "./quantiles.ts";
import { createRng, type Rng } from "./rng.ts";

/** The same, one step at a time. */
function naive(
  sums: Float64Array,
  statistics: number,
  blockLength: number,
  resamples: number,
  rng: Rng,
): number[] {
  const steps = sums.length / statistics;
  return Array.from({ length: resamples }, () => {
    const drawn: number[] = [];
    while (drawn.length < steps) {
      const from = rng.int(steps);
      for (let i = 0; i < blockLength && drawn.length < steps; i++) drawn.push((from + i) % steps);
    }
    return Array.from({ length: statistics }, (_, s) =>
      drawn.reduce((sum, t) => sum + sums[t * statistics + s]!, 0),
    );
  }).flat();
}

describe("the block bootstrap", () => {
  it.each([1, 4, 7, 23, 50])(
    "sums whole blocks of %i neighbouring steps, as its naive twin",
    (blockLength) => {
      const rng = createRng(2);
      const sums = Float64Array.from({ length: 23 * 3 }, () => rng.int(100));
      const fast = blockBootstrap(sums, 3, { blockLength, resamples: 40, rng: createRng(9) });
      expectAllClose(fast, naive(sums, 3, blockLength, 40, createRng(9)), { rtol: 1e-12 });
    },
  );

  it("gives the same for the same seed and another for another", () => {
    const sums = Float64Array.from({ length: 60 }, (_, i) => Math.sin(i));
    const of = (seed: number): Float64Array =>
      blockBootstrap(sums, 2, { blockLength: 5, resamples: 20, rng: createRng(seed) });
    expect(of(3)).toEqual(of(3));
    expect(of(3)).not.toEqual(of(4));
  });

  it("covers the true mean of dependent data about as often as it says, where single steps do not", () => {
    const covered = (blockLength: number): number => {
      let hits = 0;
      for (let world = 0; world < 300; world++) {
        const rng = createRng(world);
        let x = rng.normal() / 0.6; // AR(1) with coefficient 0.8, in its long run from the first step
        const values = Float64Array.from({ length: 600 }, () => (x = 0.8 * x + rng.normal()));
        const sums = blockBootstrap(values, 1, { blockLength, resamples: 200, rng }).sort();
        if (quantileSorted(sums, 0.025) <= 0 && quantileSorted(sums, 0.975) >= 0) hits++;
      }
      return hits / 300;
    };
    // 95 % less what blocks of 25 out of 600 are known to miss; three binomial standard deviations are 4 points
    expect(covered(25)).toBeGreaterThan(0.86);
    expect(covered(1)).toBeLessThan(0.6);
  });
});
