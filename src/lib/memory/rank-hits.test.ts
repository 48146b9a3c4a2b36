import { describe, expect, it } from "vitest";
import { ramIndex } from "../testing/ram-index.ts";
import { refusal } from "../testing/refusal.ts";
import { ask, DIM, HOUR, someContexts, somePatterns, T0 } from "../testing/some-patterns.ts";
import type { Query } from "./memory.ts";
import type { IndexedPattern, IndexHit, PatternIndex } from "./pattern-index.ts";
import { ramMemory } from "./ram-memory.ts";
import { rankedHits } from "./rank-hits.ts";

const OF = { tenant: "t", encoderVersion: "v1", dim: DIM };

/** One pattern an hour, `alike` of which have the same vector; each lasts four hours. */
interface World {
  readonly index: PatternIndex;
  readonly exact: (query: Query) => Promise<readonly string[]>;
}

async function world(
  count: number,
  alike: number,
  options: { readonly mostHits?: number; readonly anchor?: (i: number) => number } = {},
): Promise<World> {
  const { mostHits, anchor = (i) => T0 + i * HOUR } = options;
  const memory = ramMemory(OF);
  const index = ramIndex({ ...OF, ...(mostHits === undefined ? {} : { mostHits }) });
  for (let i = 0; i < count; i++) {
    const series = { source: "test", symbol: `S${i}`, timeframe: "5m" };
    const vectors = i < alike ? Float32Array.of(1, 1, 0, 0) : Float32Array.of(1, 1, 0, 0.1 + i / count);
    const batch = somePatterns(1, { series, anchors: Float64Array.of(anchor(i)), vectors });
    await memory.put(batch);
    await memory.label(someContexts(batch));
    const found = (await memory.at(series, anchor(i), Infinity))!;
    const { contexts, matureAt: _, ...rest } = found;
    const pattern: IndexedPattern = { ...rest, outcomes: { "4h": [contexts["4h"]!] } };
    await index.upsert([[pattern]]);
  }
  return { index, exact: async (query) => (await memory.query(query)).map(({ id }) => id) };
}

async function ranked(index: PatternIndex, query: Query): Promise<readonly string[]> {
  return (await rankedHits(index, query, query.k, query.distinctEpisodes)).map(({ hit }) => hit.id);
}

describe("the nearest of what an index names", () => {
  it("are those of an exact search, ties by id, although it measures in single precision", async () => {
    const { index, exact } = await world(90, 60);
    for (const k of [1, 10, 60, 75, 200])
      for (const distinctEpisodes of [true, false]) {
        const query = ask({ k, distinctEpisodes });
        expect(await ranked(index, query)).toEqual(await exact(query));
      }
  });

  it("are complete where more are alike than the index names at a time", async () => {
    // The index names the latest hours last, and of 40 hours in a row there are but ten episodes.
    const { index, exact } = await world(130, 120, { mostHits: 40 });
    for (const k of [5, 10, 30])
      for (const distinctEpisodes of [true, false]) {
        const query = ask({ k, distinctEpisodes });
        expect(await ranked(index, query)).toEqual(await exact(query));
      }
  });

  it("are refused where too many are alike at one anchor, rather than some of them returned", async () => {
    const { index } = await world(60, 60, { mostHits: 40, anchor: () => T0 });
    const error = await refusal(ranked(index, ask()));
    expect(error.message).toMatch(/more than 40 that are equally near/);
  });

  it("are refused where the index names no fewer than it has in 32 stretches of time", async () => {
    const { index } = await world(400, 400, { mostHits: 8 });
    expect((await refusal(ranked(index, ask()))).message).toMatch(/more than 8/);
  });
});

describe("an index that names what a question may not see", () => {
  const honest = {
    ...{ id: "p", source: "test", symbol: "A", timeframe: "5m", anchor: T0, atrNow: 1, base: 0 },
    vector: Float32Array.of(1, 0, 0, 0),
    lineage: { dataHash: "d", designHash: "g", encoderVersion: "v1" },
    facts: [{ matureAt: T0 + HOUR }],
  } as unknown as IndexHit;
  const query = ask({ asOf: T0 + HOUR, among: { symbols: ["A"] } });
  const liar = (hit: Partial<IndexHit>): PatternIndex =>
    ramIndex({ ...OF, told: () => [{ ...honest, ...hit }] });

  it("is believed where it names what it may", async () => {
    expect(await ranked(liar({}), query)).toEqual(["p"]);
  });

  it.each<[string, Partial<IndexHit>, Partial<Query>]>([
    ["an outcome that was known later", {}, { asOf: T0 + HOUR - 1 }],
    ["an outcome that matured too late", {}, { maturedBy: T0 + HOUR - 1 }],
    ["no outcome", { facts: [] }, {}],
    ["another timeframe", { timeframe: "1h" }, {}],
    ["another symbol", { symbol: "B" }, {}],
    ["another vector size", { vector: Float32Array.of(1) }, {}],
    ["the episode to stay apart from", {}, { apart: { from: T0 + HOUR - 1, to: T0 + 2 * HOUR } }],
  ])("is refused: %s", async (_, hit, more) => {
    const error = await refusal(ranked(liar(hit), { ...query, ...more }));
    expect(error.message).toMatch(/only what the question may see/);
    expect(error.kind).toBe("store");
  });
});
