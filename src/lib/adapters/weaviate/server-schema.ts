import type { Collection } from "../../../../weaviate/collection.ts";
import { ALIAS } from "../../../../weaviate/schema.ts";
import { RhymeError } from "../../errors.ts";
import type { Rest } from "./rest.ts";
import type { Difference, ServerCollection } from "./schema-difference.ts";
import type { SchemaStep } from "./schema-plan.ts";

/** Changes of the schema go through the servers' log, and may wait there. */
const DEADLINE_MS = 60_000;

/** Schema and alias of a server; they need the admin's key where they change something. */
export interface ServerSchema {
  /** All collections, by name. */
  list(): Promise<readonly ServerCollection[]>;
  get(collection: string): Promise<ServerCollection | null>;
  /** Takes one step of a plan; one that was taken already is no error. */
  take(step: SchemaStep): Promise<void>;
  /** Drops a collection with all its tenants and objects, and the alias where it leads there; false: it was not there. */
  drop(collection: string): Promise<boolean>;
  /** The collection that the alias `TradingPattern` leads to; null where there is no alias. */
  alias(): Promise<string | null>;
  setAlias(collection: string): Promise<void>;
  dropAlias(): Promise<void>;
}

export function serverSchema(rest: Rest, signal?: AbortSignal): ServerSchema {
  const call: Rest["call"] = (method, path, options) =>
    rest.call(method, path, { deadlineMs: DEADLINE_MS, signal, ...options });
  const get = async (collection: string): Promise<ServerCollection | null> => {
    const { status, json } = await call("GET", `/schema/${collection}`, { also: [404] });
    return status === 404 ? null : (json as ServerCollection);
  };
  const alias = async (): Promise<string | null> => {
    const { status, json } = await call("GET", `/aliases/${ALIAS}`, { also: [404] });
    return status === 404 ? null : (json as { readonly class: string }).class;
  };
  const dropAlias = async (): Promise<void> => {
    await call("DELETE", `/aliases/${ALIAS}`, { also: [404] });
  };
  return {
    get,
    alias,
    dropAlias,
    list: async () => {
      const { json } = await call("GET", "/schema");
      const { classes = [] } = json as { readonly classes?: readonly ServerCollection[] };
      return classes.toSorted((a, b) => (a.class < b.class ? -1 : 1)); // the server's own order is by chance
    },
    take: (step) => take(step, call, get, rest.place),
    drop: async (collection) => {
      const there = (await get(collection)) !== null;
      // The server drops a collection from under its alias, which then leads nowhere.
      if ((await alias()) === collection) await dropAlias();
      if (there) await call("DELETE", `/schema/${collection}`);
      return there;
    },
    setAlias: async (collection) => {
      const body = { alias: ALIAS, class: collection };
      const { status } = await call("PUT", `/aliases/${ALIAS}`, { body: { class: collection }, also: [404] });
      if (status === 404) await call("POST", "/aliases", { body });
    },
  };
}

async function take(
  step: SchemaStep,
  call: Rest["call"],
  get: (collection: string) => Promise<ServerCollection | null>,
  place: string,
): Promise<void> {
  switch (step.kind) {
    case "create":
      return create(step.collection, call, get, place);
    case "add property": {
      const has = (found: ServerCollection | null): boolean =>
        found?.properties?.some(({ name }) => name === step.property.name) === true;
      if (has(await get(step.collection))) return;
      const path = `/schema/${step.collection}/properties`;
      const { status } = await call("POST", path, { body: step.property, also: [422] });
      // Another process may have added it in between.
      if (status === 422 && !has(await get(step.collection)))
        await call("POST", path, { body: step.property });
      return;
    }
    case "change": {
      const found = await get(step.collection);
      if (!found) return;
      // Only what may be changed is sent: a change that the server refuses stays in its own copy all the same.
      await call("PUT", `/schema/${step.collection}`, { body: changed(found, step.changes) });
    }
  }
}

async function create(
  wanted: Collection,
  call: Rest["call"],
  get: (collection: string) => Promise<ServerCollection | null>,
  place: string,
): Promise<void> {
  if (await get(wanted.class)) return;
  const { status, json } = await call("POST", "/schema", { body: wanted, also: [422] });
  if (status !== 422 || (await get(wanted.class))) return;
  const said = JSON.stringify(json);
  const similar = /similar class \\?"(\w+)/.exec(said)?.[1];
  throw new RhymeError("store", {
    place: `${place}, collection ${wanted.class}`,
    expected: similar ? "a name that differs from others by more than upper and lower case" : "to be made",
    received: similar ? `${similar}, which is there already` : said.slice(0, 300),
    remedy: similar
      ? "Encoder versions on one server must differ by more than case: drop the other, or use another server."
      : "Look at the server's log; a collection with a time to live needs OBJECTS_TTL_DELETE_SCHEDULE.",
  });
}

/** The server's own description with our values at the paths that differ. */
function changed(found: ServerCollection, changes: readonly Difference[]): unknown {
  const body = structuredClone(found) as Record<string, unknown>;
  for (const { path, wanted } of changes) {
    const keys = path.split(".");
    let at = body;
    for (const key of keys.slice(0, -1)) at = (at[key] ??= {}) as Record<string, unknown>;
    at[keys.at(-1)!] = wanted;
  }
  return body;
}
