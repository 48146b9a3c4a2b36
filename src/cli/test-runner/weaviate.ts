import { RhymeError } from "../../lib/errors.ts";
import { globSync } from "node:fs";
import { absence, required } from "../../lib/testing/require.ts";
import type { Provision } from "../services/service.ts";
import { builtWeaviate, weaviateBinary } from "../services/weaviate-binary.ts";
import { ROOT } from "./run-tool.ts";
import type { Tally } from "./tally.ts";

type Env = Record<string, string | undefined>;

/**
 * Sets RHYME_WEAVIATE to the server's binary: the one in the cache, or, where RHYME_REQUIRE lists weaviate, a new
 * build. A RHYME_WEAVIATE that is set stays. Returns why there is none although it is required, else null.
 */
export async function provideWeaviate(options: Provision & { readonly env?: Env }): Promise<string | null> {
  const { env = process.env } = options;
  if (env["RHYME_WEAVIATE"]) return null;
  try {
    const isRequired = required(env).includes("weaviate");
    const binary = isRequired ? await weaviateBinary(options) : builtWeaviate(env);
    if (binary !== null) env["RHYME_WEAVIATE"] = binary;
    return null;
  } catch (error) {
    if (error instanceof RhymeError) return error.message;
    throw error;
  }
}

/** What the check says where there is no server and none is required: every file is named as skipped. Else null. */
export function withoutWeaviate(env: Env = process.env): Tally | null {
  const reason = absence("weaviate", env);
  if (reason === null || required(env).includes("weaviate")) return null;
  const files = globSync("{src,workflows,notebooks,bench,weaviate}/**/*.weaviate.test.ts", { cwd: ROOT });
  const skipped = files.toSorted().map((file) => ({ file, name: "all of it", reason }));
  return { check: "weaviate", passed: 0, failed: 0, skipped, failures: [] };
}
