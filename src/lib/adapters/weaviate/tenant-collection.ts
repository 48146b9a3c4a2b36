import type { FilterValue, WeaviateClient } from "weaviate-client";
import type { Collection, Property } from "../../../../weaviate/collection.ts";
import type { Connection } from "./connection.ts";
import { WeaviateFailure } from "./failure.ts";
import { serverSchema } from "./server-schema.ts";

/** An object on its way to the server. */
export interface NewObject {
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** By the name of the vector. */
  readonly vectors?: Readonly<Record<string, readonly number[]>>;
}

/** An object as it is stored; only the properties and vectors that were asked for. */
export interface StoredObject {
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly vectors: Readonly<Record<string, readonly number[]>>;
}

/** An object that the server refused, by its place among those sent. */
export interface Refused {
  readonly at: number;
  readonly reason: string;
}

/** What to read: properties (none by default), vectors, and by when. */
export interface Reading {
  readonly properties?: readonly string[];
  readonly vectors?: readonly string[];
  readonly filters?: FilterValue;
  readonly deadlineMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Ending {
  readonly deadlineMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The most that one search or one call of deletion deals with (QUERY_MAXIMUM_RESULTS). */
export const MOST_RESULTS = 10_000;

const DELETED_AT_ONCE = 16;

/** One tenant's objects of one collection: no call of it can leave either out. */
export class TenantCollection {
  readonly collection: string;
  readonly tenant: string;
  readonly #connection: Connection;
  #exists = false;

  constructor(connection: Connection, collection: string, tenant: string) {
    this.#connection = connection;
    this.collection = collection;
    this.tenant = tenant;
  }

  get place(): string {
    return `${this.#connection.place}, ${this.collection}, tenant ${this.tenant}`;
  }

  get connection(): Connection {
    return this.#connection;
  }

  /** Whether the collection is there and the tenant in it; what was seen once is not asked again. */
  async exists(): Promise<boolean> {
    if (this.#exists) return true;
    const path = `/schema/${this.collection}/tenants/${this.tenant}`;
    const { status } = await this.#connection.rest.call("GET", path, { also: [404, 422] });
    return (this.#exists = status === 200);
  }

  /** Makes the collection where there is none, and the tenant in it. */
  async ensure(schema: Collection): Promise<void> {
    if (await this.exists()) return;
    const { rest } = this.#connection;
    await serverSchema(rest).take({ kind: "create", collection: schema });
    await rest.call("POST", `/schema/${this.collection}/tenants`, { body: [{ name: this.tenant }] });
    this.#exists = true;
  }

  /** Names of the properties that the collection has; none where there is no collection. */
  async properties(): Promise<ReadonlySet<string>> {
    const { json } = await this.#connection.rest.call("GET", `/schema/${this.collection}`, { also: [404] });
    const { properties = [] } = (json ?? {}) as { properties?: readonly { readonly name: string }[] };
    return new Set(properties.map(({ name }) => name));
  }

  async addProperty(property: Property): Promise<void> {
    const { collection } = this;
    await serverSchema(this.#connection.rest).take({ kind: "add property", collection, property });
  }

  /** One portion, over whatever is stored under the same ids. Returns what was refused; all others are acknowledged. */
  async put(objects: readonly NewObject[], ending: Ending = {}): Promise<readonly Refused[]> {
    const { collection, tenant } = this;
    const sent = objects.map((object) => ({ class: collection, tenant, ...object }));
    const { json } = await this.#connection.rest.call("POST", "/batch/objects", {
      body: { objects: sent },
      deadlineMs: ending.deadlineMs ?? 6 * this.#connection.deadlineMs,
      signal: ending.signal,
    });
    return refusedOf(objects, json);
  }

  /** The `limit` nearest to a vector, nearest first. */
  async near(
    vector: { readonly name: string; readonly values: Float32Array },
    limit: number,
    reading: Reading,
  ): Promise<readonly StoredObject[]> {
    const { filters } = reading;
    return this.#read("search", reading, (query, common, options) =>
      query.nearVector(
        [...vector.values],
        { ...common, targetVector: vector.name, limit, ...(filters ? { filters } : {}) },
        options,
      ),
    );
  }

  /** Objects that `filters` lets through. */
  async where(reading: Reading & { readonly filters: FilterValue }): Promise<readonly StoredObject[]> {
    return this.#read("read objects", reading, (query, common, options) =>
      query.fetchObjects({ ...common, filters: reading.filters, limit: MOST_RESULTS }, options),
    );
  }

  /** All objects in the order of their ids, a page at a time: the client's own iterator asks once per object. */
  async *pages(size: number, reading: Reading): AsyncGenerator<readonly StoredObject[]> {
    let after: string | undefined;
    for (;;) {
      const page: readonly StoredObject[] = await this.#read("list", reading, (query, common, options) =>
        query.fetchObjects({ ...common, limit: size, ...(after === undefined ? {} : { after }) }, options),
      );
      if (page.length === 0) return;
      yield page;
      after = page.at(-1)!.id;
    }
  }

  async #read(
    named: string,
    { properties = [], vectors = [], deadlineMs, signal }: Reading,
    ask: (query: ClientQuery, common: CommonOptions, options: CallOptions) => Promise<ClientObjects>,
  ): Promise<readonly StoredObject[]> {
    const common = { returnProperties: [...properties], includeVector: [...vectors] };
    const { objects } = await this.#connection.grpc({ named, deadlineMs, signal }, (client, abortSignal) =>
      ask(queryOf(client, this.collection, this.tenant), common, { abortSignal }),
    );
    return objects.map((object) => ({
      id: object.uuid,
      properties: object.properties,
      vectors: object.vectors as Readonly<Record<string, readonly number[]>>,
    }));
  }

  /** Deletes what `filters` lets through, a portion at a time; returns how many went. */
  async delete(filters: FilterValue, ending: Ending = {}): Promise<number> {
    let gone = 0;
    for (;;) {
      const { matches, failed, successful } = await this.#connection.grpc(
        { named: "delete", deadlineMs: 6 * this.#connection.deadlineMs, ...ending },
        (client) => client.collections.use(this.collection).withTenant(this.tenant).data.deleteMany(filters),
      );
      gone += successful;
      if (failed > 0 || (matches > 0 && successful === 0)) throw notDeleted(this.place, matches, successful);
      if (matches <= successful) return gone;
    }
  }

  /** Deletes objects by their ids one by one: also those that filters do not find, as a crash may leave them. */
  async deleteEach(ids: readonly string[], { signal }: Ending = {}): Promise<void> {
    const { rest } = this.#connection;
    for (let at = 0; at < ids.length; at += DELETED_AT_ONCE) {
      const some = ids.slice(at, at + DELETED_AT_ONCE).map((id) => {
        const path = `/objects/${this.collection}/${id}?tenant=${this.tenant}`;
        return rest.call("DELETE", path, { also: [404], signal });
      });
      await Promise.all(some);
    }
  }

  /** Removes the tenant with all its objects; other tenants' stay. */
  async removeAll(): Promise<void> {
    this.#exists = false;
    const body = [this.tenant];
    const deadlineMs = 6 * this.#connection.deadlineMs;
    const path = `/schema/${this.collection}/tenants`;
    const call = { body, deadlineMs, also: [404, 422] }; // so it answers where there is no such collection
    const { status } = await this.#connection.rest.call("DELETE", path, call);
    if (status !== 200 && (await this.exists())) throw notDeleted(this.place, 1, 0);
  }

  async count(ending: Ending = {}): Promise<number> {
    const { totalCount } = await this.#connection.grpc({ named: "count", ...ending }, (client) =>
      client.collections.use(this.collection).withTenant(this.tenant).aggregate.overAll(),
    );
    return totalCount;
  }
}

function notDeleted(place: string, matches: number, successful: number): WeaviateFailure {
  const remedy = "Run the same command again; the server's log says more (./rhyme services logs).";
  const fields = { place, expected: `${matches} objects to be deleted`, received: `${successful}`, remedy };
  return new WeaviateFailure(fields, true);
}

/** Without a return type: the client's depends on type parameters that it does not export. */
function queryOf(client: WeaviateClient, collection: string, tenant: string) {
  return client.collections.use(collection).withTenant(tenant).query;
}

type ClientQuery = ReturnType<typeof queryOf>;
type CommonOptions = { returnProperties: string[]; includeVector: string[] };
type CallOptions = { abortSignal: AbortSignal };
interface ClientObjects {
  readonly objects: readonly {
    readonly uuid: string;
    readonly properties: Readonly<Record<string, unknown>>;
    readonly vectors: unknown;
  }[];
}

interface BatchResult {
  readonly id?: string;
  readonly result?: {
    readonly status?: string;
    readonly errors?: { readonly error?: readonly { readonly message: string }[] };
  };
}

/** Only an object that the server names with SUCCESS is acknowledged. */
function refusedOf(objects: readonly NewObject[], json: unknown): readonly Refused[] {
  const results = new Map<string, BatchResult>();
  if (Array.isArray(json)) for (const result of json as BatchResult[]) results.set(String(result.id), result);
  return objects.flatMap(({ id }, at) => {
    const result = results.get(id)?.result;
    if (result?.status === "SUCCESS") return [];
    const reason = result?.errors?.error?.[0]?.message ?? "the server did not acknowledge it";
    return [{ at, reason }];
  });
}
