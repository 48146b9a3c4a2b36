import { afterEach, beforeEach, expect, it } from "vitest";
import { temporaryFolder, type TemporaryFolder } from "../lib/testing/temporary-folder.ts";
import { indexKey } from "./index-key.ts";
import { identityOf } from "./services/process-identity.ts";
import { writeState, type ServiceState } from "./services/service-state.ts";

let at: TemporaryFolder;
let env: Record<string, string>;
beforeEach(() => {
  at = temporaryFolder();
  env = { XDG_CACHE_HOME: at.path };
});
afterEach(() => at.remove());

const MINE = identityOf(process.pid)!;

function kept(process: ServiceState["process"]): void {
  const secrets = { admin: "A", write: "W", read: "R" };
  const address = "weaviate://127.0.0.1:8585";
  writeState(
    "weaviate",
    {
      ...{ schema: "rhyme.service/1", service: "weaviate", version: "1", base: 8585, address, secrets },
      ...{ ports: { rest: 8585, grpc: 8586 }, process, startedAt: null },
    },
    env,
  );
}

it("the key of a server of ours goes to that very server while it runs", () => {
  kept(MINE);
  expect(indexKey("weaviate://127.0.0.1:8585", "admin", env)).toBe("A");
  expect(indexKey("weaviate://127.0.0.1:8585", "read", env)).toBe("R");
  expect(indexKey("weaviate://127.0.0.1:8595", "admin", env)).toBeUndefined();
});

it("goes to nobody once the server has ended: another program may listen on its port", () => {
  kept(null);
  expect(indexKey("weaviate://127.0.0.1:8585", "admin", env)).toBeUndefined();
  kept({ ...MINE, started: "another time" });
  expect(indexKey("weaviate://127.0.0.1:8585", "admin", env)).toBeUndefined();
});

it("goes to no other interface or machine, where another program may have the same port", () => {
  kept(MINE);
  for (const host of ["localhost", "[::1]", "192.0.2.1", "example.org"])
    expect(indexKey(`weaviate://${host}:8585`, "admin", env)).toBeUndefined();
});

it("is the one that the environment names wherever it names one", () => {
  kept(null);
  expect(indexKey("weaviate://example.org:1", "admin", { ...env, RHYME_WEAVIATE_KEY: "K" })).toBe("K");
});
