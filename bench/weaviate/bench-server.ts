import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { loadavg } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import type { Collection, VectorIndexConfig } from "../../weaviate/collection.ts";
import { patternCollection, tradingPattern, VECTOR } from "../../weaviate/schema.ts";
import { openWeaviate, type WeaviateServer } from "../../src/lib/adapters/weaviate/open-weaviate.ts";
import { serverSchema } from "../../src/lib/adapters/weaviate/server-schema.ts";
import type { PatternIndex } from "../../src/lib/memory/pattern-index.ts";
import { temporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { startWeaviate } from "../../src/cli/services/start-weaviate.ts";
import { builtWeaviate } from "../../src/cli/services/weaviate-binary.ts";
import { HORIZONS, TENANT } from "./moments.ts";

/** A server of its own with an empty folder, for one measurement. */
export interface BenchServer {
  readonly client: WeaviateServer;
  /** Patterns of a version whose collection is made with these settings of the vector index over ours. */
  index(
    encoder: { readonly version: string; readonly dim: number },
    settings?: Settings,
  ): Promise<PatternIndex>;
  /** Vectors that are written and not yet indexed. */
  queueLength(version: string): Promise<number>;
  rssMb(): number;
  diskMb(): number;
  end(): Promise<void>;
}

/** Settings of the vector index, by the server's names; null takes one of ours away. */
export type Settings = Readonly<Record<string, unknown>>;

export async function startBenchServer(): Promise<BenchServer> {
  const binary = builtWeaviate();
  if (!binary) throw new Error("no Weaviate here; ./rhyme services up weaviate builds one");
  const at = temporaryFolder();
  const dataPath = join(at.path, "data");
  const server = await startWeaviate({ binary, dataPath });
  const client = await openWeaviate(server.address, { key: server.key, deadlineMs: 60_000 });
  const { rest } = client.connection;
  return {
    client,
    index: async (encoder, settings = {}) => {
      await serverSchema(rest).take({
        kind: "create",
        collection: withSettings(tradingPattern(encoder.version, [...HORIZONS]), settings),
      });
      return client.tenant(TENANT).patterns({ encoderVersion: encoder.version, dim: encoder.dim });
    },
    queueLength: async (version) => {
      const path = `/nodes/${patternCollection(version)}?output=verbose&shardName=${TENANT}`;
      const { nodes } = (await rest.call("GET", path)).json as {
        nodes: readonly { shards: readonly { vectorQueueLength?: number }[] | null }[];
      };
      return nodes.flatMap(({ shards }) => shards ?? []).reduce((n, s) => n + (s.vectorQueueLength ?? 0), 0);
    },
    rssMb: () => {
      const status = readFileSync(`/proc/${server.pid}/status`, "utf8");
      return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)![1]) / 1024);
    },
    diskMb: () => Math.round(bytesIn(dataPath) / 1e6),
    end: async () => {
      await client.close();
      await server.kill();
      at.remove();
    },
  };
}

function withSettings(collection: Collection, settings: Settings): Collection {
  const vector = collection.vectorConfig![VECTOR]!;
  const all = Object.entries({ ...vector.vectorIndexConfig, ...settings });
  const vectorIndexConfig = Object.fromEntries(all.filter(([, value]) => value !== null));
  const changed = { ...vector, vectorIndexConfig: vectorIndexConfig as unknown as VectorIndexConfig };
  return { ...collection, vectorConfig: { [VECTOR]: changed } };
}

function bytesIn(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => {
    const stat = statSync(join(parentPath, name), { throwIfNoEntry: false }); // compaction takes files away
    return sum + (stat?.size ?? 0);
  }, 0);
}

/** Looks again and again while `work` runs; the largest that was seen. */
export async function watched<T>(
  work: Promise<T>,
  look: () => Promise<number>,
): Promise<{ readonly value: T; readonly most: number }> {
  let most = 0;
  const ended = new AbortController();
  const watching = (async () => {
    while (!ended.signal.aborted) {
      most = Math.max(most, await look());
      await pause(250);
    }
  })();
  try {
    const value = await work;
    return { value, most };
  } finally {
    ended.abort();
    await watching;
  }
}

/** How busy the machine was when a figure was taken, for its notes. */
export function loadNow(): string {
  return `load ${loadavg()[0]!.toFixed(1)}`;
}
