import { RhymeError } from "../../errors.ts";
import { parseWeaviateAddress } from "./address.ts";
import { Connection, type ConnectOptions } from "./connection.ts";
import { makeTenant, type TenantHandle } from "./tenant.ts";

/** The oldest release whose collections may have a time to live; ours are written for and tested with 1.39. */
const OLDEST = [1, 36] as const;

/** A Weaviate that answered. Data is reached through a tenant alone. */
export interface WeaviateServer {
  /** `weaviate://HOST:PORT` */
  readonly place: string;
  readonly version: string;
  /** For schema, roles and other things of the whole server. */
  readonly connection: Connection;
  /** @throws RhymeError "usage" unless the name matches `[A-Za-z0-9_-]{1,64}`; nothing is made before it is written to */
  tenant(name: string): TenantHandle;
  close(): Promise<void>;
}

/**
 * Connects, and sees that there is a Weaviate of a version that will do and that it takes the key.
 * @throws RhymeError "usage" for an address that is none, "store" for a server that is none, too old, or says no
 * @example
 * const server = await openWeaviate("weaviate://127.0.0.1:8585", { key });
 * const index = server.tenant("default").patterns({ encoderVersion: "v1", dim: 64 });
 */
export async function openWeaviate(address: string, options: ConnectOptions = {}): Promise<WeaviateServer> {
  const connection = new Connection(parseWeaviateAddress(address), options);
  try {
    const version = await versionOf(connection, options.signal);
    return {
      place: connection.place,
      version,
      connection,
      tenant: (name) => makeTenant(connection, name),
      close: () => connection.close(),
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function versionOf(connection: Connection, signal: AbortSignal | undefined): Promise<string> {
  const { json } = await connection.rest.call("GET", "/meta", { signal });
  const { version } = (json ?? {}) as { readonly version?: string };
  const [major, minor] =
    /^(\d+)\.(\d+)\./
      .exec(version ?? "")
      ?.slice(1)
      .map(Number) ?? [];
  if (major === OLDEST[0] && minor !== undefined && minor >= OLDEST[1]) return version!;
  throw new RhymeError("store", {
    place: connection.place,
    expected: `a Weaviate of version ${OLDEST.join(".")} or a later ${OLDEST[0]}.x`,
    received: version === undefined ? "something else that answers there" : `version ${version}`,
    remedy: "Start the one that belongs to this project: ./rhyme services up weaviate.",
  });
}
