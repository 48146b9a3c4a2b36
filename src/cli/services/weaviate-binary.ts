import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { goBinary, goBinaryPath, type GoProgram } from "./go-binary.ts";
import type { Provision } from "./service.ts";
import { WEAVIATE_VERSION } from "./weaviate-settings.ts";

const PROGRAM: GoProgram = {
  name: "weaviate",
  package: "github.com/weaviate/weaviate/cmd/weaviate-server",
  version: `v${WEAVIATE_VERSION}`,
  file: "weaviate-server",
  packages: 1866,
  costs: "3 minutes on two cores, 190 MB",
  go: "1.26",
  otherwise:
    `name a weaviate-server ${WEAVIATE_VERSION} in RHYME_WEAVIATE, or run it in a container: ` +
    "docker compose up -d weaviate",
};

/** What RHYME_WEAVIATE names, else the one in the cache, else a new build. @throws RhymeError without Go */
export async function weaviateBinary(options: Provision): Promise<string> {
  return namedWeaviate(options.env) ?? (await goBinary(PROGRAM, options));
}

/** The binary that is there without building; null where none is. */
export function builtWeaviate(
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | null {
  const built = goBinaryPath(PROGRAM, env);
  return namedWeaviate(env) ?? (existsSync(built) ? built : null);
}

function namedWeaviate(env: Readonly<Record<string, string | undefined>> = process.env): string | null {
  const named = env["RHYME_WEAVIATE"];
  return named ? resolve(named) : null;
}
