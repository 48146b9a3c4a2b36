import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { mayMount, mountMemory, unmount } from "./mounting.ts";
import { patternCollection } from "../../../weaviate/schema.ts";
import { startWeaviate, type WeaviateServer as Process } from "../services/start-weaviate.ts";
import { indexedMemory } from "../../lib/memory/indexed-memory.ts";
import { isBehind, rebuildIndex, syncIndex } from "../../lib/memory/sync-index.ts";
import { verifyIndex } from "../../lib/memory/verify-index.ts";
import type { Memory } from "../../lib/memory/memory.ts";
import type { IncompleteWrite, PatternIndex, PatternSource } from "../../lib/memory/pattern-index.ts";
import { proxyPort, silentPort, type Loopback } from "../../lib/testing/loopback.ts";
import { refusal } from "../../lib/testing/refusal.ts";
import { needs } from "../../lib/testing/require.ts";
import { ask, DIM, someContexts, somePatterns } from "../../lib/testing/some-patterns.ts";
import { temporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { openMemoryFolder, type MemoryFolder } from "../../lib/adapters/sqlite/open-memory.ts";
import { Connection, type ConnectOptions } from "../../lib/adapters/weaviate/connection.ts";
import { openWeaviate, type WeaviateServer } from "../../lib/adapters/weaviate/open-weaviate.ts";
import { searchIndex } from "../../lib/adapters/weaviate/search-index.ts";
import { TenantCollection } from "../../lib/adapters/weaviate/tenant-collection.ts";

const weaviate = needs("weaviate");
const TENANT = "faults";
const ENCODER = { version: "faults1", dim: DIM };
const PATTERNS = 2_000;
/** No fault may take longer: servers start, deadlines of seconds pass. */
const HANGS = 60_000;

describe.skipIf(weaviate.skip)("an index on a server in trouble", () => {
  const at = temporaryFolder();
  let folder: MemoryFolder;
  let memory: Memory;
  let source: PatternSource;
  const clients: WeaviateServer[] = [];
  const ports: Loopback[] = [];
  let own: Process | null = null;

  beforeAll(async () => {
    folder = openMemoryFolder(at.path, { mode: "write" });
    memory = folder.memory(TENANT, ENCODER);
    source = folder.patternSource(TENANT, ENCODER);
    const lineage = { dataHash: "d", designHash: "g", encoderVersion: ENCODER.version };
    const batch = somePatterns(PATTERNS, { lineage });
    await memory.put(batch);
    await memory.label(someContexts(batch));
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
    for (const port of ports.splice(0)) await port.close();
    await own?.kill();
    own = null;
  });
  afterAll(() => {
    folder.close();
    at.remove();
  });

  /** A server of its own: the tests' is needed by others. */
  async function start(env: Readonly<Record<string, string>>, data: string): Promise<Process> {
    const { binary } = inject("weaviate")!;
    return (own = await startWeaviate({ binary, dataPath: `${at.path}/${data}`, env }));
  }
  async function open(address: string, options: ConnectOptions): Promise<PatternIndex> {
    const client = await openWeaviate(address, options);
    clients.push(client);
    return client.tenant(TENANT).patterns({ encoderVersion: ENCODER.version, dim: DIM });
  }
  const problems = async (index: PatternIndex): Promise<readonly unknown[]> =>
    (await verifyIndex(source, index)).problems;

  it(
    "whose disk counts as full still answers, says why it does not write, and goes on once there is room",
    async () => {
      const { address, key } = inject("weaviate")!;
      const index = await open(address, { key });
      await rebuildIndex(source, index);
      await index.settled();
      await readOnly(true);
      const reader = indexedMemory(memory, source, index, { whenBehind: "refuse" });
      expect(await reader.query(ask())).toEqual(await memory.query(ask()));
      const error = (await refusal(index.upsert(source.batches(null, 500)))) as IncompleteWrite;
      expect(error.missing.length % 100).toBe(0); // whole calls: none of them was written
      expect(error.message).toMatch(/read-?only/i);
      expect(error.message).toMatch(/make room/i);
      expect(await reader.query(ask())).toEqual(await memory.query(ask()));
      await readOnly(false);
      await rebuildIndex(source, index);
      expect(await problems(index)).toEqual([]);
    },
    HANGS,
  );

  /** What the server does to its shards where the disk is 97 % full, by the call that undoes it. */
  async function readOnly(is: boolean): Promise<void> {
    const path = `/schema/${patternCollection(ENCODER.version)}/shards/${TENANT}`;
    await clients[0]!.connection.rest.call("PUT", path, { body: { status: is ? "READONLY" : "READY" } });
  }

  it.skipIf(!mayMount())(
    "on a disk that is full is told, and filled anew where there is room (needs mounting)",
    async () => {
      const disk = `${at.path}/disk`;
      expect(mountMemory(disk, 24 * 1024)).toBe(true);
      try {
        const full = await start({}, "disk/data");
        const index = await open(full.address, { key: full.key, patienceMs: 500, deadlineMs: 5_000 });
        const error = await refusal(untilRefused(index));
        expect(error.message).toMatch(/acknowledged|answers|answer|succeed/);
        const wish = {
          address: full.address,
          key: full.key,
          deadlineMs: 3_000,
          onFailure: "memory",
        } as const;
        const found = await searchIndex({ memory, source }, wish, (searched) => searched.query(ask()));
        expect(found.value).toEqual(await memory.query(ask()));
        await own!.kill();
      } finally {
        own = null;
        unmount(disk);
      }
      const roomy = await start({}, "roomy");
      const again = await open(roomy.address, { key: roomy.key });
      await syncIndex(source, again);
      expect(await problems(again)).toEqual([]);
    },
    HANGS,
  );

  /** The same again and again, which a log of what was written keeps each time. */
  async function untilRefused(index: PatternIndex): Promise<void> {
    for (let tries = 0; tries < 100; tries++) await index.upsert(source.batches(null, 500));
  }

  it(
    "without memory for vectors says that they wait, and that index is not asked",
    async () => {
      const poor = await start({ LIMIT_RESOURCES: "false", GOMEMLIMIT: "12MiB" }, "poor");
      const index = await open(poor.address, { key: poor.key, patienceMs: 1_000 });
      await index.upsert(source.batches(null, 500));
      const error = await refusal(index.settled({ deadlineMs: 2_000 }));
      expect(error.message).toMatch(/expected vectors to become searchable, got \d+ that wait/);
      expect(await isBehind(source, index)).toBe(true);
    },
    HANGS,
  );

  it(
    "behind a connection that breaks after every third call has everything in the end, once",
    async () => {
      const { address, key } = inject("weaviate")!;
      const rest = Number(new URL(address).port);
      const proxy = await proxyPort(rest, { cuts: (connection) => connection % 3 === 2 });
      ports.push(proxy);
      const index = await open(`weaviate://127.0.0.1:${proxy.port}?grpc=${rest + 1}`, { key });
      await untilDone(() => rebuildIndex(source, index));
      const direct = await open(address, { key });
      expect(await problems(direct)).toEqual([]);
    },
    HANGS,
  );

  /** A call that is not written again by itself may be the one that breaks. */
  async function untilDone(work: () => Promise<unknown>): Promise<void> {
    for (let tries = 0; ; tries++)
      try {
        return void (await work());
      } catch (error) {
        if (tries === 20) throw error;
      }
  }

  it.each([
    ["answers later than the deadline", (grpc: number) => proxyPort(grpc, { delayMs: 30_000 })],
    ["never answers a search", () => silentPort()],
    ["breaks every search off", (grpc: number) => proxyPort(grpc, { cuts: () => true })],
  ] as const)(
    "that %s is left for the memory, which is said, or is told within the deadline",
    async (_what, fault) => {
      const { address, key } = inject("weaviate")!;
      const rest = Number(new URL(address).port);
      await syncIndex(source, await open(address, { key }));
      const port = await fault(rest + 1);
      ports.push(port);
      const wish = { address: `weaviate://127.0.0.1:${rest}?grpc=${port.port}`, key, deadlineMs: 2_000 };
      const work = (searched: Memory): Promise<unknown> => searched.query(ask());
      const found = await searchIndex({ memory, source }, { ...wish, onFailure: "memory" }, work);
      expect(found.value).toEqual(await memory.query(ask()));
      expect(found.searched.fallback).toMatch(/expected (an answer|a Weaviate that answers)/);
      const failing = searchIndex({ memory, source }, { ...wish, onFailure: "fail" }, work);
      expect((await refusal(failing)).fields.remedy).toMatch(/--index/);
    },
    HANGS,
  );

  it(
    "that is killed in the middle of a search is told long before the deadline",
    async () => {
      const server = await start({}, "killed");
      const index = await open(server.address, { key: server.key, deadlineMs: 10 * HANGS });
      await syncIndex(source, index);
      const search = index.nearest(ask({ k: 1 }), 500).catch(() => {}); // it may be quicker
      await server.kill();
      await search;
      expect((await refusal(index.nearest(ask({ k: 1 }), 500))).message).toMatch(
        /expected a Weaviate that answers/,
      );
    },
    HANGS,
  );

  it(
    "that holds vectors of another size says which sizes, and the memory answers",
    async () => {
      const { address, key } = inject("weaviate")!;
      const index = await open(address, { key });
      const vector = Float32Array.of(1, 2, 3, 4, 5);
      await index.clear();
      for (const portion of source.batches(null, 500))
        await index.upsert([portion.map((one) => ({ ...one, vector }))]);
      await index.setMark({
        truth: source.truth,
        change: source.newest(),
        digest: source.digest(),
        count: PATTERNS,
      });
      await index.settled();
      const wish = { address, key, deadlineMs: 5_000, onFailure: "memory" } as const;
      const found = await searchIndex({ memory, source }, wish, (searched) => searched.query(ask()));
      expect(found.value).toEqual(await memory.query(ask()));
      expect(found.searched.fallback).toMatch(/vectors of 4 values.*vectors of 5/);
      await rebuildIndex(source, index);
      expect(await problems(index)).toEqual([]);
    },
    HANGS,
  );

  it("that takes the key away leaves nobody with a call that fails behind his back", async () => {
    const { address } = inject("weaviate")!;
    const wrong = Connection.to(address, { key: "wrong" });
    const objects = new TenantCollection(wrong, "C", TENANT);
    expect((await refusal(objects.count())).message).toMatch(/RHYME_WEAVIATE_KEY/);
    expect(
      (await refusal(objects.near({ name: "embedding", values: Float32Array.of(1) }, 1, {}))).message,
    ).toMatch(/RHYME_WEAVIATE_KEY/);
    await new Promise((resolve) => setTimeout(resolve, 200)); // an unhandled rejection would fail this file
    await wrong.close();
  });
});
