import { describe, expect, it } from "vitest";
import { createRng } from "../../math/rng.ts";
import { naiveMemory } from "../../testing/naive-memory.ts";
import {
  PLANTED_HORIZON,
  PLANTED_START,
  plantedPatterns,
  type PlantedWorld,
} from "../../testing/planted-patterns.ts";
import { HOUR } from "../../time/units.ts";
import { neighbourForecasts, type NeighbourQuestions } from "./neighbour-forecasts.ts";
import { scoreNeighbours } from "./score-neighbours.ts";

const series = { source: "planted", symbol: "TEST", timeframe: "1h" };
const asked: NeighbourQuestions = {
  ...{ series, horizon: PLANTED_HORIZON, from: PLANTED_START + 600 * HOUR },
  ...{ every: 3, k: 50 },
};
const world = (planted: number): PlantedWorld => ({ seed: 4, rows: 1200, planted });
const knowing = naiveMemory(plantedPatterns(world(0.3)));

describe("what neighbours say", () => {
  it("saves squared error where the embedding knows what the plain forecast does not", async () => {
    const { saved, surprise, questions } = scoreNeighbours(await neighbourForecasts(knowing, asked), 4);
    expect(questions).toBeGreaterThan(150);
    expect(saved.mean).toBeGreaterThan(0.2);
    expect(surprise.mean).toBeGreaterThan(0.5);
  });

  it("saves nothing where there is nothing to know, and nothing by chance", async () => {
    const ignorant = naiveMemory(plantedPatterns(world(0)));
    const nothing = scoreNeighbours(await neighbourForecasts(ignorant, asked), 4);
    expect(nothing.saved.mean).toBeLessThan(0.02);
    const drawn = scoreNeighbours(await neighbourForecasts(knowing, { ...asked, random: createRng(2) }), 4);
    expect(Math.abs(drawn.saved.mean)).toBeLessThan(0.05);
  });

  it("does not hang on anything that became known after the moment asked about", async () => {
    const all = await neighbourForecasts(knowing, asked);
    const cut = naiveMemory(plantedPatterns(world(0.3)).slice(0, 900));
    const then = await neighbourForecasts(cut, asked);
    expect(then.anchor.length).toBeGreaterThan(80);
    for (const name of ["anchor", "outcome", "base", "followed", "residual"] as const)
      expect(all[name].subarray(0, then[name].length)).toEqual(then[name]);
  });

  it("is the mean over the nearest that had matured, by hand", async () => {
    const few = { ...asked, every: 97, k: 5 };
    const patterns = plantedPatterns(world(0.3));
    const { anchor, residual } = await neighbourForecasts(knowing, few);
    const own = patterns.find((one) => one.anchor === anchor[0])!;
    const past = patterns.filter((one) => one.matureAt[PLANTED_HORIZON]! <= own.anchor);
    const near = (other: (typeof patterns)[number]): number =>
      other.vector.reduce((sum, v, d) => sum + v * own.vector[d]!, 0);
    const five = past.toSorted((a, b) => near(b) - near(a)).slice(0, 5);
    const surprise = five.map(
      (one) => one.contexts[PLANTED_HORIZON]!.logAtrRatio! - one.base[PLANTED_HORIZON]!,
    );
    expect(residual[0]).toBeCloseTo(surprise.reduce((a, b) => a + b) / 5, 12);
  });

  it("lets the future in only when told to, never the moment itself, and apart from its own time", async () => {
    const lone = { ...asked, every: 97, k: 1 };
    const [first] = (await neighbourForecasts(knowing, lone)).anchor;
    const patterns = plantedPatterns(world(0.3)).map((one) =>
      one.anchor === first || one.anchor === first! + HOUR
        ? { ...one, vector: Float32Array.of(0, 0, 0, 1) }
        : one,
    );
    const memory = naiveMemory(patterns);
    const next = patterns.find((one) => one.anchor === first! + HOUR)!;
    const told = next.contexts[PLANTED_HORIZON]!.logAtrRatio!;
    const said = async (pool: NonNullable<NeighbourQuestions["pool"]>): Promise<number> =>
      (await neighbourForecasts(memory, { ...lone, pool })).followed[0]!;
    expect(await said("everybody")).toBeCloseTo(told, 12);
    expect(await said("matured")).not.toBeCloseTo(told, 6);
    expect(await said("apart")).not.toBeCloseTo(told, 6);
  });

  it("needs three questions a block", () => {
    const none = new Float64Array(5);
    const said = { anchor: none, matureAt: none, outcome: none, base: none, followed: none, residual: none };
    expect(() => scoreNeighbours(said, 2)).toThrow("2 blocks need 6 questions, not 5");
  });
});
