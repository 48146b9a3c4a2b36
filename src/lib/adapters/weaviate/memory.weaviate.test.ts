import { afterAll, beforeAll, describe } from "vitest";
import { memoryContract } from "../../testing/memory-contract.ts";
import { needs } from "../../testing/require.ts";
import { testServer, weaviateHost } from "../../testing/weaviate-host.ts";
import type { WeaviateServer } from "./open-weaviate.ts";

const weaviate = needs("weaviate");

describe.skipIf(weaviate.skip)("on a real server", () => {
  let server: WeaviateServer;
  beforeAll(async () => {
    server = await testServer();
  });
  afterAll(() => server.close());

  memoryContract(
    "a memory folder with an index on Weaviate",
    () => weaviateHost(server, ["default", "other", "t"], ["v1", "v2"]),
    40, // courses: each asks a real server some twenty times
  );
});
