import { cpSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PatternIndex, PatternSource } from "../../memory/pattern-index.ts";
import { isBehind, syncIndex } from "../../memory/sync-index.ts";
import { verifyIndex } from "../../memory/verify-index.ts";
import { ramIndex } from "../../testing/ram-index.ts";
import { DIM, SERIES, someContexts, somePatterns } from "../../testing/some-patterns.ts";
import { temporaryFolder, type TemporaryFolder } from "../../testing/temporary-folder.ts";
import { openMemoryFolder, type MemoryFolder } from "./open-memory.ts";

const ENCODER = { version: "v1", dim: DIM };
const BATCH = somePatterns(20);

interface Opened {
  readonly path: string;
  readonly folder: MemoryFolder;
  readonly source: PatternSource;
}

let at: TemporaryFolder;
let index: PatternIndex;
const opened = new Set<MemoryFolder>();

beforeEach(() => {
  at = temporaryFolder();
  index = ramIndex({ tenant: "t", encoderVersion: ENCODER.version, dim: DIM });
});
afterEach(() => {
  for (const folder of opened) folder.close();
  opened.clear();
  at.remove();
});

function open(name: string, mode: "read" | "write" = "write"): Opened {
  const path = join(at.path, name);
  const folder = openMemoryFolder(path, { mode });
  opened.add(folder);
  return { path, folder, source: folder.patternSource("t", ENCODER) };
}

/** A folder and a copy of it, both open. */
function copied({ path, folder }: Opened): { readonly original: Opened; readonly copy: Opened } {
  folder.close();
  opened.delete(folder);
  cpSync(path, join(at.path, "copy"), { recursive: true });
  return { original: open("original"), copy: open("copy") };
}

async function begun(batch = BATCH): Promise<Opened> {
  const one = open("original");
  await one.folder.memory("t", ENCODER).put(batch);
  return one;
}

async function put({ folder }: Opened, seed: number, symbol: string): Promise<void> {
  await folder.memory("t", ENCODER).put(somePatterns(3, { seed, series: { ...SERIES, symbol } }));
}

/** Two changes that leave as many patterns as before: the labels of the first half, then of the second. */
async function labelInTwo(one: Opened, seed: number): Promise<void> {
  for (const half of [0, 10]) {
    const anchors = BATCH.anchors.subarray(half, half + 10);
    await label(one, seed, somePatterns(10, { anchors }));
  }
}

async function label({ folder }: Opened, seed: number, batch = BATCH): Promise<void> {
  await folder.memory("t", ENCODER).label(someContexts(batch, 4, seed));
}

async function problems({ source }: Opened): Promise<readonly unknown[]> {
  return (await verifyIndex(source, index)).problems;
}

/** Syncs until the first pattern was written, or searches are to find what was, and then no more, as if killed. */
async function killedSync({ source }: Opened, when: "filling" | "settling"): Promise<void> {
  const killed = new Error("killed");
  const stop = new AbortController();
  const dying: PatternIndex = {
    ...index,
    settled: async () => Promise.reject(killed),
    setMark: async (mark) => {
      await index.setMark(mark);
      if (when === "filling" && mark?.filledTo) stop.abort(killed);
    },
    upsert: async (batches) => {
      stop.signal.throwIfAborted();
      return index.upsert(batches);
    },
  };
  await expect(syncIndex(source, dying)).rejects.toThrow("killed");
}

describe("an index of a memory folder and of a copy that went on differently", () => {
  it("is compared whole where the mark is of a change that the copy never had, in turns", async () => {
    const one = await begun();
    await syncIndex(one.source, index);
    const { original, copy } = copied(one);
    await label(original, 1);
    await syncIndex(original.source, index);
    await labelInTwo(copy, 2);
    expect(copy.source.newest()).toBeGreaterThan(original.source.newest());
    expect(await isBehind(copy.source, index)).toBe(true);
    await syncIndex(copy.source, index);
    expect(await problems(copy)).toEqual([]);
    for (const symbol of ["C", "D", "E"]) await put(original, 3, symbol);
    expect(original.source.newest()).toBeGreaterThan(copy.source.newest());
    await syncIndex(original.source, index);
    expect(await problems(original)).toEqual([]);
  });

  it("is compared whole where an older copy was put back in the folder's place and went further", async () => {
    const one = await begun();
    await syncIndex(one.source, index);
    const { original, copy } = copied(one);
    await label(original, 1);
    await syncIndex(original.source, index);
    for (const { folder } of [original, copy]) folder.close();
    opened.clear();
    rmSync(original.path, { recursive: true });
    renameSync(copy.path, original.path);
    const restored = open("original");
    await labelInTwo(restored, 2);
    await syncIndex(restored.source, index);
    expect(await problems(restored)).toEqual([]);
    await put(restored, 2, "C");
    expect(await syncIndex(restored.source, index)).toMatchObject({ written: 3, removed: 0 });
  });

  it("is compared whole where what the other one had begun to mirror is there already", async () => {
    const one = await begun();
    await syncIndex(one.source, index);
    const { original, copy } = copied(one);
    await label(original, 1);
    await killedSync(original, "settling");
    expect(await isBehind(copy.source, index)).toBe(true);
    await put(copy, 2, "A");
    await put(copy, 2, "B");
    await syncIndex(copy.source, index);
    expect(await problems(copy)).toEqual([]);
  });

  it("is compared whole where the other one's fill was not through", async () => {
    const many = somePatterns(5_500);
    const one = await begun(many);
    expect(one.folder.identity).toBeTruthy();
    const { original, copy } = copied(one);
    await label(original, 1, many);
    await killedSync(original, "filling");
    expect((await index.mark())?.filledTo).toBeDefined();
    await put(copy, 2, "A");
    await put(copy, 2, "B");
    await syncIndex(copy.source, index);
    expect(await problems(copy)).toEqual([]);
  });

  it("is written what is new alone where the mark is of a change that both had", async () => {
    const one = await begun();
    await syncIndex(one.source, index);
    const { copy } = copied(one);
    await put(copy, 2, "A");
    expect(await syncIndex(copy.source, index)).toMatchObject({ written: 3, removed: 0 });
    expect(await problems(copy)).toEqual([]);
  });

  it("goes on from a fill that its own folder began, and from a mark that was found newest", async () => {
    const one = await begun(somePatterns(5_500));
    await killedSync(one, "filling");
    await put(one, 2, "A");
    expect(await syncIndex(one.source, index)).toMatchObject({ written: 3 + 500 + 3 });
    await put(one, 2, "B");
    await killedSync(one, "settling");
    await put(one, 2, "C");
    expect(await syncIndex(one.source, index)).toMatchObject({ written: 6 });
    expect(await problems(one)).toEqual([]);
  });

  it("holds more than its mark says where the folder is written meanwhile: a copy from before is told apart", async () => {
    const one = await begun();
    await syncIndex(one.source, index);
    await put(one, 2, "A");
    await put(one, 2, "B");
    const { original, copy } = copied(one);
    let meanwhile = async (): Promise<void> => {
      meanwhile = async () => {};
      await label(original, 1, somePatterns(3, { seed: 2, series: { ...SERIES, symbol: "B" } }));
    };
    const slow: PatternIndex = {
      ...index,
      upsert: async (batches) => {
        let written = 0;
        for await (const batch of batches) {
          written += await index.upsert([batch]);
          await meanwhile();
        }
        return written;
      },
    };
    await syncIndex(original.source, slow);
    expect(await isBehind(copy.source, index)).toBe(true);
    await put(copy, 3, "C");
    await syncIndex(copy.source, index);
    expect(await problems(copy)).toEqual([]);
  });

  it("is behind the one that still has what the other one has forgotten, whatever its mark counts", async () => {
    const one = await begun();
    await syncIndex(one.source, index);
    await index.remove({ ids: [...one.source.ids()].slice(0, 1) });
    await index.setMark({ ...(await index.mark())!, count: 19 });
    expect(await isBehind(one.source, index)).toBe(true);
    expect(await syncIndex(one.source, index)).toMatchObject({ written: 20 });
  });

  it("is compared whole by a folder that only read when it was filled", async () => {
    const one = await begun();
    expect(one.folder.identity).toBeTruthy();
    const reader = open("original", "read");
    await syncIndex(reader.source, index);
    await put(one, 2, "A");
    expect(await syncIndex(one.source, index)).toMatchObject({ written: 23 });
    await put(one, 2, "B");
    expect(await syncIndex(one.source, index)).toMatchObject({ written: 3 });
  });
});
