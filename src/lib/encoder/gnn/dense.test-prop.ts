import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "../../math/rng.ts";
import { BLOCK_ROWS, denseBlock, packDense } from "./dense.ts";

const numbers = (n: number, rng = createRng(n)): number[] => Array.from({ length: n }, () => rng.normal());

describe("the dense kernel", () => {
  it("gives the bits of plain loops, for any number of rows and wherever a row stands in its block", () => {
    fc.assert(
      fc.property(
        fc.record({
          rows: fc.integer({ min: 1, max: BLOCK_ROWS }),
          K: fc.integer({ min: 1, max: 9 }),
          panels: fc.integer({ min: 1, max: 3 }),
          seed: fc.nat(),
        }),
        ({ rows, K, panels, seed }) => {
          const rng = createRng(seed);
          const J = 4 * panels;
          const x = new Float64Array(BLOCK_ROWS * K).map(() => rng.normal());
          const weights = Float32Array.from(numbers(K * J, rng));
          const bias = Float64Array.from(numbers(3 * J, rng));
          const biasAt = new Int32Array(BLOCK_ROWS).map(() => J * rng.int(3));
          const out = new Float64Array(BLOCK_ROWS * J);
          denseBlock(packDense(weights, K, J), x, bias, biasAt, out, rows);
          for (let r = 0; r < rows; r++)
            for (let j = 0; j < J; j++) {
              let sum = bias[biasAt[r]! + j]!;
              for (let k = 0; k < K; k++) sum += x[r * K + k]! * weights[k * J + j]!;
              expect(out[r * J + j]).toBe(sum);
            }
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });
});
