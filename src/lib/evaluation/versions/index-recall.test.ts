import { describe, expect, it } from "vitest";
import type { Memory } from "../../memory/memory.ts";
import { ramMemory } from "../../memory/ram-memory.ts";
import { DIM, SERIES, someContexts, somePatterns } from "../../testing/some-patterns.ts";
import { indexRecall } from "./index-recall.ts";

const SAMPLE = { series: [SERIES], horizons: ["4h"], questions: 20 };

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
    const { questions, recall, worst } = await indexRecall(memory, memory, SAMPLE);
    expect({ recall, worst }).toEqual({ recall: 1, worst: 1 });
    expect(questions).toBeGreaterThan(15);
  });

  it("counts what an index misses, and takes another at the same distance for as good", async () => {
    const memory = await memoryOf(200);
    const misses = { ...memory, query: async (asked: never) => (await memory.query(asked)).slice(0, 7) };
    expect(await indexRecall(memory, misses, SAMPLE)).toMatchObject({ recall: 0.7, worst: 0.7 });
    const farther = {
      ...memory,
      query: async (asked: never) =>
        (await memory.query(asked)).map((one, i) => (i < 5 ? one : { ...one, distance: one.distance + 1 })),
    };
    expect(await indexRecall(memory, farther, SAMPLE)).toMatchObject({ recall: 0.5 });
    const others = {
      ...memory,
      query: async (asked: never) => {
        const found = await memory.query(asked);
        return found.map((one, i) => ({ ...one, id: `other ${i}`, distance: found.at(-1)!.distance }));
      },
    };
    expect(await indexRecall(memory, others, SAMPLE)).toMatchObject({ recall: 1 });
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
    expect(await indexRecall(memory, twice, SAMPLE)).toMatchObject({ recall: 0.5 });
  });

  it("asks nothing where nobody has ten before it", async () => {
    const memory = await memoryOf(8);
    expect(await indexRecall(memory, memory, SAMPLE)).toMatchObject({ questions: 0 });
    const empty = ramMemory({ tenant: "t", encoderVersion: "v1", dim: DIM });
    expect(await indexRecall(empty, empty, SAMPLE)).toMatchObject({ questions: 0 });
  });
});
