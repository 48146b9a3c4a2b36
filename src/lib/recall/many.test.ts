import { expect, it } from "vitest";
import { naiveMemory } from "../testing/naive-memory.ts";
import { PLANTED_HORIZON, plantedPatterns } from "../testing/planted-patterns.ts";
import { manyOf, manySize } from "./many.ts";
import { nearestOf } from "./nearest.ts";
import { searchOf } from "./question.ts";

const patterns = plantedPatterns({ seed: 9, rows: 400, planted: 0.2 });
const memory = naiveMemory(patterns);

it("the many are at most 400 and never more than a tenth of what had matured", () => {
  expect([9, 10, 3999, 4000, 100_000].map(manySize)).toEqual([0, 1, 399, 400, 400]);
});

it("the many of an answer are those of a record, and its episodes those that the memory would choose", async () => {
  for (const row of [0, 3, 60, 200, 399])
    for (const k of [1, 4, 30]) {
      const search = searchOf(patterns[row]!, PLANTED_HORIZON, "all");
      const { many, episodes } = await nearestOf(memory, search, k);
      expect(many).toEqual(await manyOf(memory, search));
      expect(episodes).toEqual(await memory.query({ ...search, k, distinctEpisodes: true }));
    }
});

it("a neighbour without a base forecast is counted out of the mean", async () => {
  const list = patterns.map((p, i) => (i % 2 ? { ...p, base: { [PLANTED_HORIZON]: NaN } } : p));
  const many = await manyOf(naiveMemory(list), searchOf(list[398]!, PLANTED_HORIZON, "all"));
  expect(many.count).toBeGreaterThan(5);
  expect(many.count).toBeLessThan(39);
  expect(Number.isFinite(many.residual)).toBe(true);
});
