import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { indexedMemory } from "../../memory/indexed-memory.ts";
import type { Memory } from "../../memory/memory.ts";
import type { IndexedPattern, IndexQuery, PatternIndex, PatternSource } from "../../memory/pattern-index.ts";
import { isBehind, rebuildIndex, syncIndex } from "../../memory/sync-index.ts";
import { verifyIndex } from "../../memory/verify-index.ts";
import { refusal } from "../../testing/refusal.ts";
import { needs } from "../../testing/require.ts";
import { ask, DIM, HOUR, SERIES, someContexts, somePatterns, T0 } from "../../testing/some-patterns.ts";
import { testServer } from "../../testing/weaviate-host.ts";
import { openMemoryFolder, type MemoryFolder } from "../sqlite/open-memory.ts";
import type { WeaviateServer } from "./open-weaviate.ts";

const weaviate = needs("weaviate");
const ENCODER = { version: "sync1", dim: DIM };

describe.skipIf(weaviate.skip)("an index on a real server, beside its truth", () => {
  let server: WeaviateServer;
  let path: string;
  let folder: MemoryFolder;
  let memory: Memory;
  let source: PatternSource;
  let index: PatternIndex;
  const indexOf = (): PatternIndex =>
    server.tenant("sync").patterns({ encoderVersion: ENCODER.version, dim: DIM });

  beforeAll(async () => {
    server = await testServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    await server.tenant("sync").remove();
    path = mkdtempSync(join(tmpdir(), "rhyme-sync-"));
    folder = openMemoryFolder(path, { mode: "write" });
    open();
  });
  afterEach(() => {
    folder.close();
    rmSync(path, { recursive: true });
  });

  function open(): void {
    memory = folder.memory("sync", ENCODER);
    source = folder.patternSource("sync", ENCODER);
    index = indexOf();
  }

  const lineage = { dataHash: "d", designHash: "g", encoderVersion: ENCODER.version };
  async function fill(count: number, symbol: string = SERIES.symbol): Promise<void> {
    const batch = somePatterns(count, { lineage, series: { ...SERIES, symbol } });
    await memory.put(batch);
    await memory.label(someContexts(batch));
  }
  const problems = async (): Promise<readonly string[]> =>
    (await verifyIndex(source, index)).problems.map(({ expected, received }) => `${expected}: ${received}`);
  const first = (): IndexedPattern => [...source.batches(null, 1)][0]![0]!;

  it("is filled once, then written to only where something changed", async () => {
    await fill(30);
    expect(await isBehind(source, index)).toBe(true);
    expect(await syncIndex(source, index)).toMatchObject({ written: 30, removed: 0 });
    expect(await isBehind(source, index)).toBe(false);
    expect(await syncIndex(source, indexOf())).toMatchObject({ written: 0, removed: 0 });
    await fill(4, "OTHER");
    const revised = someContexts(somePatterns(3, { lineage }), 9, 5);
    await memory.label(revised);
    expect(await syncIndex(source, indexOf())).toMatchObject({ written: 7, removed: 0 });
    await memory.delete({ series: { ...SERIES, symbol: "OTHER" } });
    expect(await syncIndex(source, indexOf())).toMatchObject({ written: 0, removed: 4 });
    expect(await problems()).toEqual([]);
  });

  it("says how far a fill got, and a repeat goes on from there, with all that changed meanwhile", async () => {
    await fill(3_500);
    await fill(3_500, "OTHER");
    const stop = new AbortController();
    const onProgress = (done: number): void => {
      if (done > 5_500) stop.abort(new Error("stopped"));
    };
    await expect(syncIndex(source, index, { signal: stop.signal, onProgress })).rejects.toThrow("stopped");
    expect((await index.mark())?.filledTo?.series.symbol).toBe("OTHER");
    expect(await isBehind(source, index)).toBe(true);
    await memory.label(someContexts(somePatterns(3, { lineage }), 9, 5));
    await memory.delete({ ids: [first().id] });
    expect(await syncIndex(source, index)).toMatchObject({ written: 2 + 2_500, removed: 1 });
    expect(await isBehind(source, index)).toBe(false);
    expect(await problems()).toEqual([]);
  });

  it("takes another memory's place whole: nothing of the one before is left", async () => {
    await fill(20);
    await syncIndex(source, index);
    folder.forget({ tenant: "sync" });
    open();
    expect(await isBehind(source, index)).toBe(true);
    await memory.put(somePatterns(3, { lineage, anchors: Float64Array.of(T0 - HOUR, T0, T0 + 5) }));
    expect(await syncIndex(source, index)).toMatchObject({ written: 3, removed: 19 });
    expect(await problems()).toEqual([]);
  });

  it("notices that the server has lost some, all, or kept what it should not have", async () => {
    await fill(20);
    await syncIndex(source, index);
    await index.remove({ ids: [first().id] });
    expect(await isBehind(source, indexOf())).toBe(true);
    expect(await syncIndex(source, indexOf())).toMatchObject({ written: 20 });
    await index.upsert([[{ ...first(), id: "00000000-0000-4000-8000-000000000001" }]]);
    expect(await isBehind(source, indexOf())).toBe(true);
    expect(await syncIndex(source, indexOf())).toMatchObject({ removed: 1 });
    await server.tenant("sync").collection("TradingPattern_sync1").removeAll();
    expect(await isBehind(source, indexOf())).toBe(true);
    index = indexOf();
    await syncIndex(source, index);
    expect(await problems()).toEqual([]);
  });

  it("is verified both ways: ids that lack or are too many, other vectors, other contexts", async () => {
    await fill(20);
    await syncIndex(source, index);
    const [a, b, c, d] = [...source.batches(null, 4)][0]! as [
      IndexedPattern,
      IndexedPattern,
      IndexedPattern,
      IndexedPattern,
    ];
    const stranger = { ...a, id: "00000000-0000-4000-8000-000000000001" };
    const vector = Float32Array.from(b.vector, (value) => value + 1);
    const outcomes = { "4h": c.outcomes["4h"]!.map((context) => ({ ...context, rvi: 0.25 })) };
    await index.remove({ ids: [d.id] });
    await index.upsert([[stranger, { ...b, vector }, { ...c, outcomes }]]);
    const found = await problems();
    expect(found).toContain(`patterns of the memory: pattern ${stranger.id}`);
    expect(found).toContain(`pattern ${d.id}: nothing`);
    expect(found.filter((text) => text.includes('"detail"'))).toHaveLength(2);
    expect(found).toHaveLength(4);
    await rebuildIndex(source, index);
    expect(await problems()).toEqual([]);
    const { checked } = await verifyIndex(source, index, { every: 2 });
    expect(checked).toBe(20);
  });

  it("refuses to answer for a memory that it is behind of, unless it may be brought up to it", async () => {
    await fill(5);
    const reader = indexedMemory(memory, source, index, { whenBehind: "refuse" });
    expect((await refusal(reader.query(ask()))).message).toMatch(/behind/);
    const writer = indexedMemory(memory, source, index, { whenBehind: "sync" });
    expect(await writer.query(ask())).toEqual(await memory.query(ask()));
    expect(JSON.stringify(await reader.query(ask()))).toBe(JSON.stringify(await memory.query(ask())));
    const other = folder.memory("sync", { version: "sync2", dim: DIM });
    expect(() => indexedMemory(other, source, index, { whenBehind: "sync" })).toThrow(/index of tenant sync/);
  });

  it("keeps vectors that single precision cannot square, and answers as the truth does", async () => {
    const batch = somePatterns(12, { lineage });
    batch.vectors.forEach((value, i) => (batch.vectors[i] = value * (i < 24 ? 1e30 : 1e-30)));
    await memory.put(batch);
    await memory.label(someContexts(batch));
    const indexed = indexedMemory(memory, source, index, { whenBehind: "sync" });
    for (const vector of [Float32Array.of(1, 1, 0, 0), Float32Array.of(1e-35, 2e-35, 0, 1e-36)])
      expect(await indexed.query(ask({ vector }))).toEqual(await memory.query(ask({ vector })));
    expect(await problems()).toEqual([]);
  });

  it("answers with all that are equally near, in the order of their ids, where more are than were asked for", async () => {
    const batch = somePatterns(300, { lineage });
    batch.vectors.forEach((_, i) => (batch.vectors[i] = i % DIM < 2 ? 1 : 0));
    await memory.put(batch);
    await memory.label(someContexts(batch));
    const indexed = indexedMemory(memory, source, index, { whenBehind: "sync" });
    for (const distinctEpisodes of [true, false])
      expect(await indexed.query(ask({ distinctEpisodes }))).toEqual(
        await memory.query(ask({ distinctEpisodes })),
      );
  });

  it("filters by the time of the anchor and by regime, both ends exact, on top of what a memory is asked", async () => {
    await fill(10);
    const all = [...source.batches(null, 100)].flat();
    await index.upsert([
      all.map((pattern, i) => ({ ...pattern, ...(i < 8 ? { regime: `r${i % 2}` } : {}) })),
    ]);
    await index.settled();
    const anchors = async (more: Partial<IndexQuery>): Promise<number[]> => {
      const found = await index.nearest({ ...ask(), ...more }, 100);
      return found.map(({ anchor }) => (anchor - T0) / HOUR).sort((a, b) => a - b);
    };
    const anchored = { from: T0 + 2 * HOUR, to: T0 + 5 * HOUR };
    expect(await anchors({ anchored })).toEqual([2, 3, 4, 5]);
    expect(await anchors({ anchored: { from: anchored.from + 1, to: anchored.to - 1 } })).toEqual([3, 4]);
    expect(await anchors({ regimes: ["r1"] })).toEqual([1, 3, 5, 7]);
    expect(await anchors({ regimes: ["r0", "r1"], anchored, asOf: T0 + 8 * HOUR })).toEqual([2, 3, 4]);
    expect(await anchors({ regimes: [] })).toEqual([]);
  });

  it("tells symbols apart as the truth does, to the letter, whatever stands in them", async () => {
    const symbols = [
      "EURUSD",
      "eurusd",
      "EUR USD",
      "EUR*",
      "EUR?SD",
      '"€/∆"',
      "a\\b",
      "x".repeat(64),
      "中文",
      "null",
    ];
    for (const symbol of symbols) await fill(2, symbol);
    const indexed = indexedMemory(memory, source, index, { whenBehind: "sync" });
    for (const symbol of [...symbols, "EUR", "USD", "é"]) {
      const query = ask({ among: { symbols: [symbol] } });
      expect(await indexed.query(query)).toEqual(await memory.query(query));
    }
    await memory.delete({ series: { ...SERIES, symbol: "EUR*" } });
    await index.remove({ series: { ...SERIES, symbol: "EUR*" } });
    expect((await verifyIndex(source, index)).problems).toEqual([]);
  });

  it("counts what matured between milliseconds, and far outside what a server can keep", async () => {
    await fill(6);
    const indexed = indexedMemory(memory, source, index, { whenBehind: "sync" });
    const ripe = T0 + 6 * HOUR;
    const instants = [ripe - 0.5, ripe, ripe + 0.5, -1e14, 8e15, Number.MAX_VALUE, -Number.MAX_VALUE];
    for (const asOf of instants)
      expect(await indexed.query(ask({ asOf }))).toEqual(await memory.query(ask({ asOf })));
    const bands = [
      { from: ripe - 0.5, to: ripe + 0.5 },
      { from: -Infinity, to: ripe },
      { from: T0 + HOUR + 0.25, to: Infinity },
      { from: -8e15, to: 8e15 },
    ];
    for (const apart of bands)
      expect(await indexed.query(ask({ apart }))).toEqual(await memory.query(ask({ apart })));
    for (const maturedBy of [Infinity, -Infinity, ripe - 0.5])
      expect(await indexed.query(ask({ maturedBy }))).toEqual(await memory.query(ask({ maturedBy })));
  });

  it("says of a vector of another size, of a wrong key and of an address without server what they are", async () => {
    await fill(5);
    await syncIndex(source, index);
    const wider = { ...first(), vector: Float32Array.of(1, 2, 3, 4, 5) };
    const error = await refusal(index.upsert([[wider]]));
    expect(error.message).toMatch(/vectors of 5 values.*vectors of 4/);
    await expect(testServer({ key: "wrong" })).rejects.toThrow(/RHYME_WEAVIATE_KEY/);
  });
});
