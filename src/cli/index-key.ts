import { parseWeaviateAddress } from "../lib/adapters/weaviate/address.ts";
import { readState } from "./services/service-state.ts";
import type { WeaviateUser } from "./services/weaviate-settings.ts";

type Env = Readonly<Record<string, string | undefined>>;

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]", "::1"]);

/**
 * The key for a server: RHYME_WEAVIATE_KEY, else, on this machine, that of the server which `./rhyme services up
 * weaviate` started at this very address; undefined where there is neither. It is never printed.
 */
export function indexKey(
  address: string,
  user: WeaviateUser = "admin",
  env: Env = process.env,
): string | undefined {
  const given = env["RHYME_WEAVIATE_KEY"];
  if (given) return given;
  const { host, port } = parseWeaviateAddress(address);
  if (!LOOPBACK.has(host)) return undefined;
  const state = readState("weaviate", env);
  return state?.ports["rest"] === port ? state.secrets[user] : undefined;
}
