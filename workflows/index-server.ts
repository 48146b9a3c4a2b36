import type { VersionIndex } from "../src/lib/adapters/folder/versions/version-work.ts";
import { openWeaviate } from "../src/lib/adapters/weaviate/open-weaviate.ts";
import { serverSchema } from "../src/lib/adapters/weaviate/server-schema.ts";

/** Where the key of an index comes from: the environment of the worker, and never a payload. */
const KEY = "RHYME_WEAVIATE_KEY";

/** Does `work` with the server of a job; null where the job has none. */
export async function withIndex<T>(
  address: string | null,
  signal: AbortSignal,
  work: (index: VersionIndex | null) => Promise<T>,
): Promise<T> {
  if (address === null) return work(null);
  const server = await openWeaviate(address, { key: process.env[KEY], signal });
  try {
    return await work({ server, schema: serverSchema(server.connection.rest, signal) });
  } finally {
    await server.close();
  }
}
