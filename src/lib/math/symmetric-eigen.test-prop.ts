import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "./rng.ts";
import { symmetricEigen } from "./symmetric-eigen.ts";

describe("eigenvectors of a symmetric matrix", () => {
  it("rebuild the matrix, are orthonormal, and descend by eigenvalue", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(), fc.boolean(), (n, seed, singular) => {
        const rng = createRng(seed);
        const a = new Float64Array(n * n);
        const x = Float64Array.from({ length: n }, () => rng.normal());
        for (let i = 0; i < n; i++)
          for (let j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = singular ? x[i]! * x[j]! : rng.normal();
        const { values, vectors } = symmetricEigen(a, n);
        for (let d = 1; d < n; d++) expect(values[d]!).toBeLessThanOrEqual(values[d - 1]!);
        for (let i = 0; i < n; i++)
          for (let j = 0; j < n; j++) {
            let [rebuilt, product] = [0, 0];
            for (let d = 0; d < n; d++) {
              rebuilt += values[d]! * vectors[d * n + i]! * vectors[d * n + j]!;
              product += vectors[i * n + d]! * vectors[j * n + d]!;
            }
            expect(rebuilt).toBeCloseTo(a[i * n + j]!, 9);
            expect(product).toBeCloseTo(i === j ? 1 : 0, 9);
          }
      }),
      { seed: 1, numRuns: 60 },
    );
  });
});
