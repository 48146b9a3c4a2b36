import { RhymeError } from "../../lib/errors.ts";
import { globSync } from "node:fs";
import { absence, FACILITIES, required } from "../../lib/testing/require.ts";
import type { Provision } from "../services/service.ts";
import { builtTemporal, temporalBinary } from "../services/temporal-binary.ts";
import { builtWeaviate, weaviateBinary } from "../services/weaviate-binary.ts";
import { ROOT } from "./run-tool.ts";
import type { Tally } from "./tally.ts";

type Env = Record<string, string | undefined>;

interface RealServer {
  /** Builds it where it is not. */
  readonly binary: (options: Provision) => Promise<string>;
  /** The one that is there without building. */
  readonly built: (env: Env) => string | null;
}

/** Servers that tests run against: each is a check, a facility, and the middle of its test files' names. */
const REAL_SERVERS = {
  weaviate: { binary: weaviateBinary, built: builtWeaviate },
  temporal: { binary: temporalBinary, built: builtTemporal },
} as const satisfies Record<string, RealServer>;

export type RealServerName = keyof typeof REAL_SERVERS;
export const REAL_SERVER_NAMES = Object.keys(REAL_SERVERS) as readonly RealServerName[];

/** Which server a test file needs; null where none. */
export function realServerOf(file: string): RealServerName | null {
  return REAL_SERVER_NAMES.find((name) => file.endsWith(`.${name}.test.ts`)) ?? null;
}

/**
 * Sets the variable that names the server's binary: the one in the cache, or, where RHYME_REQUIRE lists the server, a
 * new build. One that is set stays. Returns why there is none although it is required, else null.
 */
export async function provideServer(
  name: RealServerName,
  options: Provision & { readonly env?: Env },
): Promise<string | null> {
  const { env = process.env } = options;
  const { variable } = FACILITIES[name];
  if (env[variable]) return null;
  try {
    const { binary: build, built } = REAL_SERVERS[name];
    const binary = required(env).includes(name) ? await build(options) : built(env);
    if (binary !== null) env[variable] = binary;
    return null;
  } catch (error) {
    if (error instanceof RhymeError) return error.message;
    throw error;
  }
}

/** What the check says where there is no server and none is required: every file is named as skipped. Else null. */
export function withoutServer(name: RealServerName, env: Env = process.env): Tally | null {
  const reason = absence(name, env);
  if (reason === null || required(env).includes(name)) return null;
  const files = globSync(`{src,workflows,notebooks,bench,weaviate}/**/*.${name}.test.ts`, { cwd: ROOT });
  const skipped = files.toSorted().map((file) => ({ file, name: "all of it", reason }));
  return { check: name, passed: 0, failed: 0, skipped, failures: [] };
}
