import { inject } from "vitest";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openMemoryFolder } from "../adapters/sqlite/open-memory.ts";
import type { ConnectOptions } from "../adapters/weaviate/connection.ts";
import { openWeaviate, type WeaviateServer } from "../adapters/weaviate/open-weaviate.ts";
import { indexedMemory } from "../memory/indexed-memory.ts";
import type { MemoryHost } from "./memory-model.ts";

/** The server of this test run; its address and key come from the global setup. */
export async function testServer(options: ConnectOptions = {}): Promise<WeaviateServer> {
  const { address, key } = inject("weaviate")!;
  return openWeaviate(address, { key, ...options });
}

/** Memory folders whose searches go to a real server; what `tenants` left there before is gone. */
export async function weaviateHost(
  server: WeaviateServer,
  tenants: readonly string[],
  encoderVersions: readonly string[],
): Promise<MemoryHost> {
  for (const tenant of tenants)
    for (const encoderVersion of encoderVersions)
      await server.tenant(tenant).patterns({ encoderVersion, dim: 4 }).clear();
  const path = mkdtempSync(join(tmpdir(), "rhyme-indexed-"));
  let folder = openMemoryFolder(path, { mode: "write" });
  return {
    open: (tenant, version, dim) => {
      const truth = folder.memory(tenant, { version, dim });
      const source = folder.patternSource(tenant, { version, dim });
      const index = server.tenant(tenant).patterns({ encoderVersion: version, dim });
      return indexedMemory(truth, source, index, { whenBehind: "sync" });
    },
    reopen: () => {
      folder.close();
      folder = openMemoryFolder(path, { mode: "write" });
    },
    end: () => {
      folder.close();
      rmSync(path, { recursive: true });
    },
  };
}
