import { describe, expect, it } from "vitest";
import { neighbourBaselines, savedOverSeeds } from "./neighbour-contenders.ts";
import type { NeighbourScore } from "./score-neighbours.ts";

const mean = { mean: 0, error: 0 };
const scored = (...saved: readonly number[]): NeighbourScore => ({
  ...{ questions: 3 * saved.length, saved: mean, followed: mean, surprise: mean, base: mean },
  blocks: saved.map((one) => ({
    ...{ from: 0, to: 1, questions: 3, saved: one, followed: 0, surprise: 0, base: 0 },
  })),
});

describe("neighbours on a scoreboard", () => {
  it("stand with the mean of their seeds in each block", () => {
    expect(savedOverSeeds([scored(1, 2, 3), scored(3, 4, -3)])).toEqual([2, 3, 0]);
    expect(savedOverSeeds([])).toEqual([]);
  });

  it("must have been asked in the same blocks", () => {
    expect(() => savedOverSeeds([scored(1, 2), scored(1)])).toThrow("scores of 2 and of 1 blocks");
  });

  it("are held against the forecast without them and against chance", () => {
    expect(neighbourBaselines(scored(0.1, -0.2))).toEqual([
      { name: "plain forecast alone", isBaseline: true, blocks: [0, 0] },
      { name: "random neighbours", isBaseline: true, blocks: [0.1, -0.2] },
    ]);
  });
});
