import { randomBytes } from "node:crypto";
import type { PortBlock } from "./ports.ts";

/** The version of the server that everything here is written for; docker-compose.yml names the same. */
export const WEAVIATE_VERSION = "1.39.0";

/** Who may do what is decided on the server by these names; `admin` may do all, the others what roles give them. */
export const WEAVIATE_USERS = ["admin", "write", "read"] as const;
export type WeaviateUser = (typeof WEAVIATE_USERS)[number];
export type WeaviateKeys = Readonly<Record<WeaviateUser, string>>;

/** The settings of every server of ours, native or in a container, each with its reason. */
export const WEAVIATE_SETTINGS: Readonly<Record<string, string>> = {
  // gRPC and the port for other nodes listen on all interfaces whatever the server is told.
  AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED: "false",
  AUTHENTICATION_APIKEY_ENABLED: "true",
  AUTHENTICATION_APIKEY_USERS: WEAVIATE_USERS.join(","),
  AUTHORIZATION_RBAC_ENABLED: "true",
  AUTHORIZATION_RBAC_ROOT_USERS: "admin",
  CLUSTER_BASIC_AUTH_USERNAME: "rhyme",
  // A slip in a name must not make a collection or a property of its own.
  AUTOSCHEMA_ENABLED: "false",
  // Writing does not wait for the graph; small writes are looked at soon (5 s and 1 s by default).
  ASYNC_INDEXING: "true",
  ASYNC_INDEXING_STALE_TIMEOUT: "100ms",
  QUEUE_SCHEDULER_INTERVAL: "100ms",
  // Without a schedule a collection with a time to live is refused.
  OBJECTS_TTL_DELETE_SCHEDULE: "*/15 * * * *",
  // One node: it waits for nobody's vote (ready in 2.5 s instead of 11). The name is its identity in the data folder.
  CLUSTER_HOSTNAME: "rhyme",
  CLUSTER_IN_LOCALHOST: "true",
  RAFT_BOOTSTRAP_EXPECT: "1",
  RAFT_TIMEOUTS_MULTIPLIER: "1",
  // 90 % by default, and then it stops writing on many a development disk.
  DISK_USE_WARNING_PERCENTAGE: "90",
  DISK_USE_READONLY_PERCENTAGE: "97",
  LIMIT_RESOURCES: "true",
  DEFAULT_VECTORIZER_MODULE: "none",
  API_BASED_MODULES_DISABLED: "true",
  DISABLE_TELEMETRY: "true",
  GO_PROFILING_DISABLE: "true",
  LOG_LEVEL: "info",
};

/** A new key for every user; 32 random bytes each. */
export function newWeaviateKeys(): WeaviateKeys {
  const key = (): string => randomBytes(32).toString("base64url");
  return { admin: key(), write: key(), read: key() };
}

/** What else the environment of a native server says: where it listens, where its data are, and the keys. */
export function weaviateEnvironment(
  ports: PortBlock,
  dataPath: string,
  keys: WeaviateKeys,
): Readonly<Record<string, string>> {
  return {
    ...WEAVIATE_SETTINGS,
    PERSISTENCE_DATA_PATH: dataPath,
    AUTHENTICATION_APIKEY_ALLOWED_KEYS: WEAVIATE_USERS.map((user) => keys[user]).join(","),
    CLUSTER_BASIC_AUTH_PASSWORD: keys.admin,
    CLUSTER_BIND_ADDR: "127.0.0.1",
    CLUSTER_ADVERTISE_ADDR: "127.0.0.1", // needed where no private address exists
    GRPC_PORT: String(ports.grpc),
    CLUSTER_GOSSIP_BIND_PORT: String(ports.gossip),
    CLUSTER_DATA_BIND_PORT: String(ports.data),
    RAFT_PORT: String(ports.raft),
    RAFT_INTERNAL_RPC_PORT: String(ports.raftRpc),
    GO_PROFILING_PORT: String(ports.debug),
    PROMETHEUS_MONITORING_PORT: String(ports.metrics),
  };
}
