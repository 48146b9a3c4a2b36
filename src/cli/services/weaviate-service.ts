import { resolve } from "node:path";
import { openWeaviate } from "../../lib/adapters/weaviate/open-weaviate.ts";
import { serverRoles } from "../../lib/adapters/weaviate/server-roles.ts";
import { DEFAULT_BASE, portsFrom } from "./ports.ts";
import type { Launch, Service } from "./service.ts";
import { isReady, startWeaviate } from "./start-weaviate.ts";
import { weaviateBinary } from "./weaviate-binary.ts";
import { newWeaviateKeys, WEAVIATE_VERSION, type WeaviateKeys } from "./weaviate-settings.ts";

/** The vector server, native. */
export const weaviateService: Service = {
  name: "weaviate",
  version: WEAVIATE_VERSION,
  defaultBase: DEFAULT_BASE,
  ports: (base) => ({ ...portsFrom(base) }),
  newSecrets: () => ({ ...newWeaviateKeys() }),
  binary: weaviateBinary,
  toldOf: (dataPath) => `PERSISTENCE_DATA_PATH=${resolve(dataPath)}`,
  launch: async ({ binary, ports, dataPath, log, secrets, signal, spawned }) => {
    const block = portsFrom(ports["rest"]!);
    const keys = secrets as WeaviateKeys;
    const start = { binary, ports: block, dataPath, log, keys, signal, spawned, detached: true };
    const server = await startWeaviate(start);
    try {
      await giveRoles(server.address, server.key, signal);
    } catch (error) {
      await server.kill();
      throw error;
    }
  },
  prepare: ({ ports, secrets, signal }) => giveRoles(addressOf(ports), secrets["admin"]!, signal),
  answers: (ports) => isReady(ports["rest"]!),
  address: addressOf,
  remarks: (ports) => [
    `ports ${ports["grpc"]} (gRPC) and ${ports["data"]} (for other nodes) are open on all interfaces, whatever the ` +
      "server is told: both ask for a key, anonymous access is off; a firewall should close them to other machines",
  ],
};

function addressOf(ports: Launch["ports"]): string {
  return `weaviate://127.0.0.1:${ports["rest"]}`;
}

/** From its first moment on the keys of `write` and `read` may do what `weaviate/roles.ts` says. */
async function giveRoles(address: string, key: string, signal: AbortSignal): Promise<void> {
  const server = await openWeaviate(address, { key, signal });
  try {
    await serverRoles(server.connection.rest, signal).apply();
  } finally {
    await server.close();
  }
}
