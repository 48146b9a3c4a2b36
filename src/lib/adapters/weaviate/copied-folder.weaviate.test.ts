import { cpSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { PatternSource } from "../../memory/pattern-index.ts";
import { isBehind, syncIndex } from "../../memory/sync-index.ts";
import { verifyIndex } from "../../memory/verify-index.ts";
import { needs } from "../../testing/require.ts";
import { DIM, someContexts, somePatterns } from "../../testing/some-patterns.ts";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import { testServer } from "../../testing/weaviate-host.ts";
import { openMemoryFolder, type MemoryFolder } from "../sqlite/open-memory.ts";

const weaviate = needs("weaviate");
const [TENANT, ENCODER] = ["copied", { version: "v1", dim: DIM }];

interface Opened {
  readonly folder: MemoryFolder;
  readonly source: PatternSource;
}

function opened(path: string): Opened {
  const folder = openMemoryFolder(path, { mode: "write" });
  return { folder, source: folder.patternSource(TENANT, ENCODER) };
}

/** Labels what is there in so many changes. */
async function label({ folder }: Opened, seed: number, changes: number): Promise<void> {
  for (let part = 0; part < changes; part++) {
    const anchors = somePatterns(20).anchors.filter((_, i) => i % changes === part);
    const batch = somePatterns(anchors.length, { anchors });
    await folder.memory(TENANT, ENCODER).label(someContexts(batch, 4, seed));
  }
}

// In RAM, with kills in between: adapters/sqlite/copied-folder.test.ts.
it.skipIf(weaviate.skip)(
  "a real server mirrors a folder and a copy of it that goes on differently and further, in turns",
  async () => {
    const { path, ...temporary } = temporaryFolder();
    const server = await testServer();
    const index = server.tenant(TENANT).patterns({ encoderVersion: ENCODER.version, dim: DIM });
    const begun = opened(join(path, "original"));
    await begun.folder.memory(TENANT, ENCODER).put(somePatterns(20));
    await syncIndex(begun.source, index);
    begun.folder.close();
    cpSync(join(path, "original"), join(path, "copy"), { recursive: true });
    const [original, copy] = [opened(join(path, "original")), opened(join(path, "copy"))];
    try {
      for (const [one, seed, changes] of [
        [original, 1, 1],
        [copy, 2, 2],
      ] as const) {
        await label(one, seed, changes);
        expect(await isBehind(one.source, index)).toBe(true);
        await syncIndex(one.source, index);
        expect((await verifyIndex(one.source, index)).problems).toEqual([]);
      }
      await original.folder.memory(TENANT, ENCODER).label(someContexts(somePatterns(3), 9, 5));
      await original.folder.memory(TENANT, ENCODER).label(someContexts(somePatterns(2), 10, 6));
      expect(original.source.newest()).toBeGreaterThanOrEqual(copy.source.newest());
      await syncIndex(original.source, index);
      expect((await verifyIndex(original.source, index)).problems).toEqual([]);
    } finally {
      for (const { folder } of [original, copy]) folder.close();
      await server.tenant(TENANT).remove();
      await server.close();
      temporary.remove();
    }
  },
);
