import { cpSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { PatternSource } from "../../memory/pattern-index.ts";
import { isBehind, syncIndex } from "../../memory/sync-index.ts";
import { verifyIndex } from "../../memory/verify-index.ts";
import { ramIndex } from "../../testing/ram-index.ts";
import { DIM, someContexts, somePatterns } from "../../testing/some-patterns.ts";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import { openMemoryFolder, type MemoryFolder } from "./open-memory.ts";

const ENCODER = { version: "v1", dim: DIM };

interface Opened {
  readonly folder: MemoryFolder;
  readonly source: PatternSource;
}

function opened(path: string): Opened {
  const folder = openMemoryFolder(path, { mode: "write" });
  return { folder, source: folder.patternSource("t", ENCODER) };
}

/** Puts as many patterns at the same anchors, with vectors and labels of a seed. */
async function fill({ folder }: Opened, seed: number): Promise<void> {
  const batch = somePatterns(20, { seed });
  const memory = folder.memory("t", ENCODER);
  await memory.put(batch);
  await memory.label(someContexts(batch, 4, seed));
}

/** A folder and a copy of it go on alone, as far as each other; both are mirrored by one index, the copy last. */
async function diverged(
  before: (one: Opened) => Promise<void>,
  goOn: (one: Opened, seed: number) => Promise<void>,
): Promise<Record<string, unknown>> {
  const { path, ...temporary } = temporaryFolder();
  const begun = opened(join(path, "original"));
  const { identity } = begun.folder; // given when it is first asked for
  await before(begun);
  begun.folder.close();
  cpSync(join(path, "original"), join(path, "copy"), { recursive: true });
  const [original, copy] = [opened(join(path, "original")), opened(join(path, "copy"))];
  const index = ramIndex({ tenant: "t", encoderVersion: ENCODER.version, dim: DIM });
  try {
    await goOn(original, 1);
    await goOn(copy, 2);
    await syncIndex(original.source, index);
    return {
      sameIdentity: copy.folder.identity === identity && original.folder.identity === identity,
      sameChange: copy.source.newest() === original.source.newest(),
      original: await isBehind(original.source, index),
      copy: await isBehind(copy.source, index),
      written: (await syncIndex(copy.source, index)).written,
      copyAfterwards: await isBehind(copy.source, index),
      problems: (await verifyIndex(copy.source, index)).problems,
      originalAfterwards: await isBehind(original.source, index),
    };
  } finally {
    original.folder.close();
    copy.folder.close();
    temporary.remove();
  }
}

const TOLD_APART = {
  ...{ sameIdentity: true, sameChange: true, original: false, copy: true, written: 20 },
  ...{ copyAfterwards: false, problems: [], originalAfterwards: true },
};

describe("an index of a memory folder and of its restored copy", () => {
  it("is behind where the copy has other vectors at the same anchors", async () => {
    expect(await diverged(async () => {}, fill)).toEqual(TOLD_APART);
  });

  it("is behind where the copy has other labels of the same patterns", async () => {
    const put = async ({ folder }: Opened): Promise<void> =>
      void (await folder.memory("t", ENCODER).put(somePatterns(20)));
    const label = async ({ folder }: Opened, seed: number): Promise<void> =>
      void (await folder.memory("t", ENCODER).label(someContexts(somePatterns(20), 4, seed)));
    expect(await diverged(put, label)).toEqual(TOLD_APART);
  });
});
