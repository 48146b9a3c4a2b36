import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { Collection } from "../../../../weaviate/collection.ts";
import { REASONS } from "../../../../weaviate/reasons.ts";
import { commonCollections, patternCollection, tradingPattern } from "../../../../weaviate/schema.ts";
import { startWeaviate, type WeaviateServer } from "../../../cli/services/start-weaviate.ts";
import { needs } from "../../testing/require.ts";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import { parseWeaviateAddress } from "./address.ts";
import { Rest } from "./rest.ts";
import { planSchema, stepsOf, stuck, type SchemaPlan } from "./schema-plan.ts";
import { serverRoles } from "./server-roles.ts";
import { serverSchema, type ServerSchema } from "./server-schema.ts";

const server = needs("weaviate");
const VERSION = "schema_test";
const WANTED = tradingPattern(VERSION, ["1h"]);

// A server of its own: what is tried here with roles and with the alias would reach the tests of other files.
const at = temporaryFolder();
let own: WeaviateServer;
beforeAll(async () => {
  if (!server.skip)
    own = await startWeaviate({ binary: inject("weaviate")!.binary, dataPath: `${at.path}/data` });
});
afterAll(async () => {
  if (!server.skip) await own.kill();
  at.remove();
});

function restOf(user: "admin" | "write" | "read"): Rest {
  const { address, keys } = own;
  return new Rest(parseWeaviateAddress(address), { key: keys[user], deadlineMs: 20_000 });
}

describe.skipIf(server.skip)("the schema on a server", () => {
  let rest: Rest;
  let schema: ServerSchema;
  beforeAll(() => {
    rest = restOf("admin");
    schema = serverSchema(rest);
  });

  const plan = async (wanted: Collection = WANTED): Promise<SchemaPlan> =>
    planSchema([wanted], await schema.list());
  const apply = async (wanted?: Collection): Promise<void> => {
    for (const step of stepsOf(await plan(wanted))) await schema.take(step);
  };
  const anew = async (edit: object = {}): Promise<void> => {
    await schema.drop(WANTED.class);
    await rest.call("POST", "/schema", { body: { ...WANTED, ...edit } });
  };

  it("is what the code says after it was applied, once or twice", async () => {
    await schema.drop(WANTED.class);
    for (let times = 0; times < 2; times++) {
      await apply();
      expect((await plan()).collections).toMatchObject([{ state: "as wanted", differences: [] }]);
    }
    for (const one of commonCollections()) {
      await apply(one);
      expect((await plan(one)).collections).toMatchObject([{ state: "as wanted" }]);
    }
  });

  it("gains the property of a horizon that is first seen, also when two add it at once", async () => {
    await anew();
    const more = tradingPattern(VERSION, ["1h", "4h"]);
    const steps = stepsOf(await plan(more));
    await Promise.all([...steps, ...steps, ...steps].map((step) => schema.take(step)));
    expect((await plan(more)).collections[0]?.state).toBe("as wanted");
  });

  it("is brought back by every parameter of which the reasons say that it can be changed in place", async () => {
    const tried: string[] = [];
    for (const [path, other] of Object.entries(OTHERWISE)) {
      const wanted = path.startsWith("objectTtlConfig") ? commonCollections()[0]! : WANTED;
      await schema.drop(wanted.class);
      const body = structuredClone(wanted) as unknown as Record<string, unknown>;
      put(body, path, other);
      await rest.call("POST", "/schema", { body });
      const before = (await plan(wanted)).collections[0]!;
      expect(
        before.differences.map((one) => one.path),
        path,
      ).toEqual([path]);
      await apply(wanted);
      expect((await plan(wanted)).collections[0]?.differences, path).toEqual([]);
      tried.push(path.replace("embedding", "*"));
    }
    const free = Object.entries(REASONS).filter(([, { changing }]) => changing === "in place");
    expect(tried.sort()).toEqual(free.map(([path]) => path).sort());
  });

  it("is not touched where a parameter needs a new collection", async () => {
    await anew({ multiTenancyConfig: { enabled: false } });
    const before = await schema.get(WANTED.class);
    expect(stuck(await plan())).toHaveLength(1);
    await apply();
    expect(await schema.get(WANTED.class)).toEqual(before);
  });

  it("refuses two encoder versions that differ by case alone, and says so", async () => {
    await anew();
    const upper = tradingPattern(VERSION.toUpperCase(), []);
    await expect(schema.take({ kind: "create", collection: upper })).rejects.toThrow(/upper and lower case/);
  });

  it("loses its alias together with the collection that it leads to", async () => {
    await anew();
    await schema.setAlias(WANTED.class);
    await schema.setAlias(WANTED.class);
    expect(await schema.alias()).toBe(WANTED.class);
    expect(await schema.drop(WANTED.class)).toBe(true);
    expect(await schema.alias()).toBeNull();
    expect(await schema.drop(WANTED.class)).toBe(false);
  });
});

/** For every parameter that can be changed in place another value. */
const OTHERWISE: Readonly<Record<string, unknown>> = {
  description: "Rhyme schema 0: what it was",
  "multiTenancyConfig.autoTenantCreation": true,
  "multiTenancyConfig.autoTenantActivation": false,
  "objectTtlConfig.enabled": false,
  "objectTtlConfig.deleteOn": "anchor",
  "objectTtlConfig.defaultTtl": 3600,
  "objectTtlConfig.filterExpiredObjects": false,
  "vectorConfig.embedding.vectorIndexConfig.ef": 77,
  "vectorConfig.embedding.vectorIndexConfig.dynamicEfMin": 77,
  "vectorConfig.embedding.vectorIndexConfig.dynamicEfMax": 777,
  "vectorConfig.embedding.vectorIndexConfig.dynamicEfFactor": 7,
  "vectorConfig.embedding.vectorIndexConfig.flatSearchCutoff": 777,
  "vectorConfig.embedding.vectorIndexConfig.filterStrategy": "sweeping",
};

function put(into: Record<string, unknown>, path: string, value: unknown): void {
  const keys = path.split(".");
  const last = keys.slice(0, -1).reduce((at, key) => at[key] as Record<string, unknown>, into);
  last[keys.at(-1)!] = value;
}

const EVERY = { path: ["symbol"], operator: "Like", valueText: "*" };

describe.skipIf(server.skip)("keys by role", () => {
  const tenant = "roles-test";
  const collection = patternCollection("roles_test");
  const object = { class: collection, tenant, properties: { symbol: "X" } };
  const objects = [{ ...object, vectors: { embedding: [1, 2, 3] } }];
  let admin: Rest;
  beforeAll(async () => {
    admin = restOf("admin");
    await serverSchema(admin).take({ kind: "create", collection: tradingPattern("roles_test", []) });
    await serverRoles(admin).apply();
  });

  it("are what the code says after they were applied, once or twice, and repaired when they were changed", async () => {
    const states = async () => (await serverRoles(admin).plan())?.map(({ state }) => state);
    await serverRoles(admin).apply();
    expect(await states()).toEqual(["as wanted", "as wanted"]);
    const permissions = [{ action: "delete_collections", collections: { collection: "*" } }];
    await admin.call("POST", "/authz/roles/rhyme-read/add-permissions", { body: { permissions } });
    const gone = [{ action: "read_data", data: { collection: "LiveMarketState", tenant: "*", object: "*" } }];
    await admin.call("POST", "/authz/roles/rhyme-read/remove-permissions", { body: { permissions: gone } });
    expect(await states()).toEqual(["other", "as wanted"]);
    await serverRoles(admin).apply();
    expect(await states()).toEqual(["as wanted", "as wanted"]);
  });

  it("let `write` make tenants and objects, and `read` read them", async () => {
    await restOf("write").call("POST", `/schema/${collection}/tenants`, { body: [{ name: tenant }] });
    const written = await restOf("write").call("POST", "/batch/objects", { body: { objects } });
    expect(written.json).toMatchObject([{ result: { status: "SUCCESS" } }]);
    const read = await restOf("read").call("GET", `/objects?class=${collection}&tenant=${tenant}`);
    expect(read.json).toMatchObject({ objects: [{ properties: { symbol: "X" } }] });
  });

  const writes: readonly (readonly [string, string, unknown])[] = [
    ["POST", "/batch/objects", { objects }],
    ["POST", "/objects", object],
    ["DELETE", `/batch/objects?tenant=${tenant}`, { match: { class: collection, where: EVERY } }],
    ["POST", `/schema/${collection}/tenants`, [{ name: "another" }]],
    ["DELETE", `/schema/${collection}/tenants`, [tenant]],
  ];
  const schemaChanges: readonly (readonly [string, string, unknown])[] = [
    ["POST", "/schema", tradingPattern("roles_other", [])],
    ["PUT", `/schema/${collection}`, { class: collection }],
    ["DELETE", `/schema/${collection}`, undefined],
    ["POST", `/schema/${collection}/properties`, { name: "mine", dataType: ["text"] }],
    ["POST", "/aliases", { alias: "Mine", class: collection }],
    ["POST", "/authz/roles", { name: "mine", permissions: [] }],
    ["POST", "/authz/users/read/assign", { roles: ["rhyme-write"], userType: "db" }],
  ];

  it.each([...writes, ...schemaChanges])("do not let `read` %s %s", async (method, path, body) => {
    await expect(restOf("read").call(method, path, { body })).rejects.toThrow(/a key that may/);
  });

  it.each(schemaChanges)("do not let `write` %s %s", async (method, path, body) => {
    await expect(restOf("write").call(method, path, { body })).rejects.toThrow(/a key that may/);
  });

  it("open no collection that is not ours", async () => {
    await admin.call("DELETE", "/schema/Secret");
    await admin.call("POST", "/schema", { body: { class: "Secret", vectorizer: "none" } });
    await admin.call("POST", "/objects", { body: { class: "Secret" } });
    try {
      for (const user of ["read", "write"] as const) {
        await expect(restOf(user).call("GET", "/schema/Secret")).rejects.toThrow(/a key that may/);
        await expect(restOf(user).call("GET", "/objects?class=Secret")).rejects.toThrow(/a key that may/);
      }
    } finally {
      await admin.call("DELETE", "/schema/Secret");
    }
  });

  it("are asked for: without one, or with a wrong one, nothing is answered", async () => {
    const { address } = own;
    for (const key of [undefined, "wrong"]) {
      const rest = new Rest(parseWeaviateAddress(address), { key, deadlineMs: 20_000 });
      await expect(rest.call("GET", "/schema")).rejects.toThrow(/does not know, or none/);
    }
  });
});
