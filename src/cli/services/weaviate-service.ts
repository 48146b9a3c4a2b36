import { resolve } from "node:path";
import { DEFAULT_BASE, portsFrom } from "./ports.ts";
import type { Service } from "./service.ts";
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
    await startWeaviate({ binary, ports: block, dataPath, log, keys, signal, spawned, detached: true });
  },
  answers: (ports) => isReady(ports["rest"]!),
  address: (ports) => `weaviate://127.0.0.1:${ports["rest"]}`,
  remarks: (ports) => [
    `ports ${ports["grpc"]} (gRPC) and ${ports["data"]} (for other nodes) are open on all interfaces, whatever the ` +
      "server is told: both ask for a key, anonymous access is off; a firewall should close them to other machines",
  ],
};
