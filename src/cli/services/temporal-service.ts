import { resolve } from "node:path";
import type { Service } from "./service.ts";
import { isReadyTemporal, startTemporal, temporalEnvironment } from "./start-temporal.ts";
import { temporalBinary } from "./temporal-binary.ts";
import { TEMPORAL_BASE, TEMPORAL_VERSION, temporalPorts } from "./temporal-settings.ts";

/** The server that keeps workflows, native. */
export const temporalService: Service = {
  name: "temporal",
  version: TEMPORAL_VERSION,
  defaultBase: TEMPORAL_BASE,
  ports: (base) => ({ ...temporalPorts(base) }),
  newSecrets: () => ({}),
  binary: temporalBinary,
  toldOf: (dataPath) => Object.entries(temporalEnvironment(resolve(dataPath)))[0]!.join("="),
  launch: async ({ ports, secrets: _none, ...launch }) => {
    await startTemporal({ ...launch, ports: temporalPorts(ports["grpc"]!), detached: true });
  },
  prepare: async () => {}, // namespace and search attributes are said to it when it is started
  answers: (ports) => isReadyTemporal(temporalPorts(ports["grpc"]!)),
  address: (ports) => `temporal://127.0.0.1:${ports["grpc"]}`,
  remarks: (ports) => [
    "it listens on this machine alone and asks nobody for a key: whoever works here can start and end workflows",
    `metrics of the server: http://127.0.0.1:${ports["metrics"]}/metrics`,
  ],
};
