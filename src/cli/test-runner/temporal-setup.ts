import type { TestProject } from "vitest/node";
import { absence } from "../../lib/testing/require.ts";
import { temporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { startTemporal } from "../services/start-temporal.ts";

/** What tests of `*.temporal.test.ts` get by `inject("temporal")`; null where there is no server here. */
export interface ProvidedTemporal {
  /** `temporal://127.0.0.1:PORT`. */
  readonly address: string;
  /** To start servers of their own. */
  readonly binary: string;
}

declare module "vitest" {
  export interface ProvidedContext {
    readonly temporal: ProvidedTemporal | null;
  }
}

/** One server for all test files, in a folder of its own; the folder goes with it. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (absence("temporal") !== null) {
    project.provide("temporal", null);
    return undefined;
  }
  const binary = process.env["RHYME_TEMPORAL"]!;
  const at = temporaryFolder();
  const server = await startTemporal({ binary, dataPath: `${at.path}/data` });
  project.provide("temporal", { address: server.address, binary });
  return async () => {
    await server.kill();
    at.remove();
  };
}
