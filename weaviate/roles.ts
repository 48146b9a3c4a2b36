import { ALIAS, ANOMALY_PATTERN, INDEX_MARK, LIVE_MARKET_STATE } from "./schema.ts";

/** One thing that a key may do, as `POST /v1/authz/roles` takes it. */
export interface Permission {
  readonly action: string;
  readonly [on: string]: string | Readonly<Record<string, string>>;
}

export interface Role {
  readonly name: string;
  /** The user of the server whose key carries it. */
  readonly user: string;
  readonly permissions: readonly Permission[];
}

/** Our collections alone: a key for this memory opens nothing else on the server. */
const COLLECTIONS = [`${ALIAS}_*`, LIVE_MARKET_STATE, ANOMALY_PATTERN, INDEX_MARK];

/** Asking: objects and their schema, and how far the indexing queue is. */
const READING: readonly Permission[] = [
  ...COLLECTIONS.flatMap((collection) => [
    { action: "read_collections", collections: { collection } },
    { action: "read_data", data: { collection, tenant: "*", object: "*" } },
    { action: "read_tenants", tenants: { collection, tenant: "*" } },
    { action: "read_nodes", nodes: { collection, verbosity: "verbose" } },
  ]),
  { action: "read_aliases", aliases: { alias: ALIAS, collection: `${ALIAS}_*` } },
];

/** Filling and emptying: objects and tenants, never what a collection is, and no role. */
const WRITING: readonly Permission[] = COLLECTIONS.flatMap((collection) =>
  ["create", "update", "delete"].flatMap((verb) => [
    { action: `${verb}_data`, data: { collection, tenant: "*", object: "*" } },
    { action: `${verb}_tenants`, tenants: { collection, tenant: "*" } },
  ]),
);

/** `admin` is the server's own root; these are given to the two other keys. */
export const ROLES: readonly Role[] = [
  { name: "rhyme-read", user: "read", permissions: READING },
  { name: "rhyme-write", user: "write", permissions: [...READING, ...WRITING] },
];
