import type { TestProject } from "vitest/node";
import { absence } from "../../lib/testing/require.ts";
import { temporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { startWeaviate } from "../services/start-weaviate.ts";
import type { WeaviateKeys } from "../services/weaviate-settings.ts";

/** What tests of `*.weaviate.test.ts` get by `inject("weaviate")`; null where there is no server here. */
export interface ProvidedWeaviate {
  readonly address: string;
  /** The key of `admin`. */
  readonly key: string;
  readonly keys: WeaviateKeys;
  /** To start servers of their own. */
  readonly binary: string;
}

declare module "vitest" {
  export interface ProvidedContext {
    readonly weaviate: ProvidedWeaviate | null;
  }
}

/** Generated courses write a little and ask at once, thousands of times: the queue of vectors is looked at more often. */
const EAGER = { QUEUE_SCHEDULER_INTERVAL: "5ms", ASYNC_INDEXING_STALE_TIMEOUT: "1ms" };

/** One server for all test files, in a folder of its own; the folder goes with it. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (absence("weaviate") !== null) {
    project.provide("weaviate", null);
    return undefined;
  }
  const binary = process.env["RHYME_WEAVIATE"]!;
  const at = temporaryFolder();
  const server = await startWeaviate({ binary, dataPath: `${at.path}/data`, env: EAGER });
  const { address, key, keys } = server;
  project.provide("weaviate", { address, key, keys, binary });
  return async () => {
    await server.kill();
    at.remove();
  };
}
