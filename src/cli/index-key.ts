import { parseWeaviateAddress } from "../lib/adapters/weaviate/address.ts";
import { stillRuns } from "./services/process-identity.ts";
import { readState } from "./services/service-state.ts";
import type { WeaviateUser } from "./services/weaviate-settings.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** Where our server listens, and nowhere else: behind `localhost` or `::1` another program may have the same port. */
const LISTENS = "127.0.0.1";

/**
 * The key for a server: RHYME_WEAVIATE_KEY, else, on this machine, that of the server which `./rhyme services up
 * weaviate` started at this very address and that still runs: once it has ended anybody may listen there, and would be
 * told the key. Undefined where there is neither. It is never printed.
 */
export function indexKey(
  address: string,
  user: WeaviateUser = "admin",
  env: Env = process.env,
): string | undefined {
  const given = env["RHYME_WEAVIATE_KEY"];
  if (given) return given;
  const { host, port } = parseWeaviateAddress(address);
  if (host !== LISTENS) return undefined;
  const state = readState("weaviate", env);
  if (state?.ports["rest"] !== port || !state.process || !stillRuns(state.process)) return undefined;
  return state.secrets[user];
}
