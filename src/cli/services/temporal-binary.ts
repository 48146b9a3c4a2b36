import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { goBinary, goBinaryPath, type GoProgram } from "./go-binary.ts";
import type { Provision } from "./service.ts";
import { TEMPORAL_CLI_VERSION } from "./temporal-settings.ts";

const PROGRAM: GoProgram = {
  name: "temporal",
  package: "github.com/temporalio/cli/cmd/temporal",
  version: `v${TEMPORAL_CLI_VERSION}`,
  file: "temporal",
  packages: 1298,
  costs: "6 minutes on two cores, 250 MB",
  go: "1.25",
  otherwise:
    `name a temporal ${TEMPORAL_CLI_VERSION} in RHYME_TEMPORAL, or run it in a container: ` +
    "docker compose up -d --wait temporal",
};

/** What RHYME_TEMPORAL names, else the one in the cache, else a new build. @throws RhymeError without Go */
export async function temporalBinary(options: Provision): Promise<string> {
  return namedTemporal(options.env) ?? (await goBinary(PROGRAM, options));
}

/** The binary that is there without building; null where none is. */
export function builtTemporal(
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | null {
  const built = goBinaryPath(PROGRAM, env);
  return namedTemporal(env) ?? (existsSync(built) ? built : null);
}

function namedTemporal(env: Readonly<Record<string, string | undefined>> = process.env): string | null {
  const named = env["RHYME_TEMPORAL"];
  return named ? resolve(named) : null;
}
