import { describe, expect, it } from "vitest";
import type { Memory, Query } from "../../memory/memory.ts";
import { ramMemory } from "../../memory/ram-memory.ts";
import { DIM, SERIES, someContexts, somePatterns } from "../../testing/some-patterns.ts";
import { indexRecall } from "./index-recall.ts";

const SAMPLE = { series: [SERIES], horizons: ["4h"], questions: 20, exactBelow: 0 };

async function memoryOf(count: number): Promise<Memory> {
  const memory = ramMemory({ tenant: "t", encoderVersion: "v1", dim: DIM });
  const batch = somePatterns(count);
  await memory.put(batch);
  await memory.label(someContexts(batch));
  return memory;
}

describe("recall of an index", () => {
  it("is one for exact search itself, ties and all", async () => {
    const memory = await memoryOf(200);
    const { graph } = await indexRecall(memory, memory, SAMPLE);
    expect(graph).toEqual({ questions: 20, recall: 1, worst: 1 });
  });

  it("counts what an index misses, and takes another at the same distance for as good", async () => {
    const memory = await memoryOf(200);
    const misses = { ...memory, query: async (asked: never) => (await memory.query(asked)).slice(0, 7) };
    expect(await indexRecall(memory, misses, SAMPLE)).toMatchObject({ graph: { recall: 0.7, worst: 0.7 } });
    const farther = {
      ...memory,
      query: async (asked: never) =>
        (await memory.query(asked)).map((one, i) => (i < 5 ? one : { ...one, distance: one.distance + 1 })),
    };
    expect(await indexRecall(memory, farther, SAMPLE)).toMatchObject({ graph: { recall: 0.5 } });
    const others = {
      ...memory,
      query: async (asked: never) => {
        const found = await memory.query(asked);
        return found.map((one, i) => ({ ...one, id: `other ${i}`, distance: found.at(-1)!.distance }));
      },
    };
    expect(await indexRecall(memory, others, SAMPLE)).toMatchObject({ graph: { recall: 1 } });
  });

  it("counts a neighbour that an index names twice once", async () => {
    const memory = await memoryOf(200);
    const twice = {
      ...memory,
      query: async (asked: never) => {
        const found = await memory.query(asked);
        return [...found.slice(0, 5), ...found.slice(0, 5)];
      },
    };
    expect(await indexRecall(memory, twice, SAMPLE)).toMatchObject({ graph: { recall: 0.5 } });
  });

  it("draws only moments that have ten before them: one question is enough to miss everything", async () => {
    const memory = await memoryOf(200);
    const nothing = { ...memory, query: async () => [] };
    for (const questions of [1, 2, 20]) {
      const { graph } = await indexRecall(memory, nothing, { ...SAMPLE, questions });
      expect(graph).toEqual({ questions, recall: 0, worst: 0 });
    }
  });

  it("tells questions for which the index searches one by one from those that ask its graph", async () => {
    const memory = await memoryOf(200);
    const asked: number[] = [];
    const misses = {
      ...memory,
      query: async (query: Query) => {
        const inScope = await memory.countMatured(query);
        asked.push(inScope);
        return inScope < 150 ? memory.query(query) : []; // a graph that finds nothing
      },
    };
    const found = await indexRecall(memory, misses, { ...SAMPLE, exactBelow: 150 });
    expect(found).toMatchObject({
      oneByOne: { questions: 10, recall: 1, worst: 1 },
      graph: { questions: 10, recall: 0, worst: 0 },
      ...{ askable: 187, askableOfGraph: 47, exactBelow: 150 },
    });
    expect(asked.filter((inScope) => inScope >= 150)).toHaveLength(10);
    const small = await indexRecall(memory, misses, { ...SAMPLE, exactBelow: 5_000 });
    expect(small).toMatchObject({ graph: { questions: 0 }, oneByOne: { questions: 20 }, askableOfGraph: 0 });
  });

  it("asks nothing where nobody has ten before it", async () => {
    const memory = await memoryOf(8);
    const none = { graph: { questions: 0 }, oneByOne: { questions: 0 }, askable: 0, askableOfGraph: 0 };
    expect(await indexRecall(memory, memory, SAMPLE)).toMatchObject(none);
    const empty = ramMemory({ tenant: "t", encoderVersion: "v1", dim: DIM });
    expect(await indexRecall(empty, empty, SAMPLE)).toMatchObject(none);
  });
});
