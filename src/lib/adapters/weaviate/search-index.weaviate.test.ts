import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { patternCollection, VECTOR } from "../../../../weaviate/schema.ts";
import type { MemoryFolder } from "../sqlite/open-memory.ts";
import { openMemoryFolder } from "../sqlite/open-memory.ts";
import { syncIndex } from "../../memory/sync-index.ts";
import { needs } from "../../testing/require.ts";
import { ask, DIM, HOUR, someContexts, somePatterns, T0 } from "../../testing/some-patterns.ts";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import { testServer } from "../../testing/weaviate-host.ts";
import type { WeaviateServer } from "./open-weaviate.ts";
import { searchIndex, type IndexWish } from "./search-index.ts";
import { serverSchema } from "./server-schema.ts";

const weaviate = needs("weaviate");
const VERSION = "searched1";
const TENANT = "searched";
const COUNT = 60;
const CUTOFF = 20;

interface Made {
  readonly vectorConfig: Record<string, { vectorIndexConfig: { flatSearchCutoff: number } }>;
}

describe.skipIf(weaviate.skip)("what was searched, on a real server", () => {
  const home = temporaryFolder();
  let [server, folder]: [WeaviateServer | null, MemoryFolder | null] = [null, null];
  beforeAll(async () => {
    server = await testServer();
    folder = openMemoryFolder(home.path, { mode: "write" });
    const of = { version: VERSION, dim: DIM };
    const memory = folder.memory(TENANT, of);
    const batch = somePatterns(COUNT);
    await memory.put({ ...batch, lineage: { ...batch.lineage, encoderVersion: VERSION } });
    await memory.label(someContexts(batch));
    const index = server.tenant(TENANT).patterns({ encoderVersion: VERSION, dim: DIM });
    await index.clear();
    await syncIndex(folder.patternSource(TENANT, of), index);
    const collection = patternCollection(VERSION);
    const made = (await serverSchema(server.connection.rest).get(collection)) as unknown as Made;
    made.vectorConfig[VECTOR]!.vectorIndexConfig.flatSearchCutoff = CUTOFF;
    await server.connection.rest.call("PUT", `/schema/${collection}`, { body: made });
  });
  afterAll(async () => {
    await server?.tenant(TENANT).remove();
    await server?.close();
    folder?.close();
    home.remove();
  });

  const exactly = async (asOfs: readonly number[], more: Partial<IndexWish> = {}): Promise<unknown> => {
    const of = { version: VERSION, dim: DIM };
    const truth = { memory: folder!.memory(TENANT, of), source: folder!.patternSource(TENANT, of) };
    const { address, key } = inject("weaviate")!;
    const wish: IndexWish = { address, key, deadlineMs: 60_000, onFailure: "memory", ...more };
    const { searched } = await searchIndex(truth, wish, async (memory) => {
      for (const asOf of asOfs) await memory.query(ask({ asOf, k: 3 }));
    });
    return [searched.exact, searched.fallback === null];
  };
  /** When the n-th pattern had matured. */
  const matured = (n: number): number => T0 + (n - 1 + 4) * HOUR;

  it("is exact while fewer moments may answer than the server compares one by one", async () => {
    expect(await exactly([matured(CUTOFF - 1)])).toEqual([true, true]);
    expect(await exactly([matured(CUTOFF)])).toEqual([false, true]);
    expect(await exactly([])).toEqual([true, true]);
  });

  it("is approximate once one of many searches was, whatever came after it", async () => {
    expect(await exactly([matured(5), matured(COUNT), matured(5)])).toEqual([false, true]);
  });

  it("is exact where the memory itself answers", async () => {
    expect(await exactly([matured(COUNT)], { key: "unknown" })).toEqual([true, false]);
  });
});
