import { RhymeError } from "../../lib/errors.ts";
import { required } from "../../lib/testing/require.ts";
import type { Provision } from "../services/service.ts";
import { builtWeaviate, weaviateBinary } from "../services/weaviate-binary.ts";

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
