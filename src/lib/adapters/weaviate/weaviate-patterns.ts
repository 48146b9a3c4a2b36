import {
  matureAt,
  matureAtProperty,
  patternCollection,
  tradingPattern,
  VECTOR,
} from "../../../../weaviate/schema.ts";
import { checkQuery, type MemoryIdentity } from "../../memory/checks.ts";
import type {
  IndexedPattern,
  IndexEntry,
  IndexHit,
  IndexQuery,
  PatternBatches,
  PatternIndex,
} from "../../memory/pattern-index.ts";
import { byIds } from "./by-property.ts";
import type { Connection } from "./connection.ts";
import { StoredMark } from "./index-marks.ts";
import { findable, scopeFilter, seriesFilter } from "./pattern-filter.ts";
import { entryOf, indexable, patternObject, hitOf, DETAIL, storedEntry } from "./pattern-object.ts";
import { untilIndexed } from "./settled.ts";
import { MOST_RESULTS, TenantCollection, type NewObject } from "./tenant-collection.ts";
import { writeObjects } from "./write-objects.ts";

/** Ids per page of a listing. */
const PAGE = 5_000;
/** Ids per filter: a longer list costs more than a further call. */
const NAMED = 500;

/**
 * One tenant's patterns of one encoder version on a Weaviate. Collection, tenant and the properties of horizons are
 * made when they are first written to; what was never written to holds nothing.
 */
export function weaviatePatterns(connection: Connection, of: MemoryIdentity): PatternIndex {
  const { tenant, encoderVersion, dim } = of;
  const objects = new TenantCollection(connection, patternCollection(encoderVersion), tenant);
  const marked = new StoredMark(connection, tenant, encoderVersion);
  const horizons = new Horizons(objects, encoderVersion);
  const { place } = objects;
  return {
    ...{ place, tenant, encoderVersion, dim, mostHits: MOST_RESULTS },
    upsert: (batches, watch) => writeObjects(objects, objectsOf(place, horizons, batches), watch),
    remove: async (what) => {
      if (!(await objects.exists())) return;
      if ("series" in what) await objects.delete(seriesFilter(what.series));
      else for (const ids of portions(what.ids, NAMED)) await removeIds(objects, ids);
    },
    nearest: (query, limit) => nearest(objects, horizons, of, query, limit),
    count: async () => ((await objects.exists()) ? objects.count() : 0),
    ids: async function* () {
      if (!(await objects.exists())) return;
      for await (const page of objects.pages(PAGE, {})) yield page.map(({ id }) => id);
    },
    entries: (ids) => entries(objects, ids),
    entryOf: (pattern) => entryOf(place, pattern),
    unfound: (patterns) => unfound(objects, horizons, patterns),
    mark: () => marked.read(),
    setMark: (mark) => (mark === null ? marked.remove() : marked.write(mark)),
    settled: async (options) => {
      if (await objects.exists()) await untilIndexed(objects, options);
    },
    clear: async () => {
      await marked.remove(); // first: a mark must never speak of data that are gone
      await objects.removeAll();
    },
    close: async () => {},
  };
}

async function nearest(
  objects: TenantCollection,
  horizons: Horizons,
  of: MemoryIdentity,
  query: IndexQuery,
  limit: number,
): Promise<readonly IndexHit[]> {
  checkQuery(of, { ...query, k: limit });
  const filters = scopeFilter(query);
  if (filters === null || !(await objects.exists()) || !(await horizons.has(query.horizon))) return [];
  const values = indexable("query.vector", query.vector);
  const reading = { filters, properties: [DETAIL] };
  const found = await objects.near({ name: VECTOR, values }, limit, reading);
  return found.map((object) => hitOf(objects.place, of.encoderVersion, query.horizon, object));
}

async function entries(objects: TenantCollection, ids: readonly string[]): Promise<readonly IndexEntry[]> {
  if (ids.length === 0 || !(await objects.exists())) return [];
  const reading = { properties: [...(await objects.properties())], vectors: [VECTOR] };
  const found: IndexEntry[] = [];
  for (const some of portions(ids, NAMED)) {
    const stored = await objects.where({ ...reading, filters: byIds(some) });
    found.push(...stored.map(storedEntry));
  }
  return found;
}

/** A filter finds fewer where a crash cut a deletion short: then each is deleted by its id. */
async function removeIds(objects: TenantCollection, ids: readonly string[]): Promise<void> {
  const gone = await objects.delete(byIds(ids));
  if (gone < ids.length) await objects.deleteEach(ids);
}

/** Searches for each pattern by everything that questions filter by, few enough at a time that all are compared. */
async function unfound(
  objects: TenantCollection,
  horizons: Horizons,
  patterns: readonly IndexedPattern[],
): Promise<readonly string[]> {
  const missing = new Set(patterns.map(({ id }) => id));
  for (const { some, filters } of findable(patterns, NAMED)) {
    const known = await Promise.all(Object.keys(some[0]!.outcomes).map((horizon) => horizons.has(horizon)));
    if (known.includes(false)) continue; // no question can be about it yet
    const values = indexable(objects.place, some[0]!.vector);
    for (const { id } of await objects.near({ name: VECTOR, values }, some.length, { filters }))
      missing.delete(id);
  }
  return [...missing];
}

async function* objectsOf(
  place: string,
  horizons: Horizons,
  batches: PatternBatches,
): AsyncGenerator<readonly NewObject[]> {
  for await (const batch of batches) {
    if (batch.length === 0) continue;
    await horizons.ensure(batch);
    yield batch.map((pattern) => patternObject(place, pattern));
  }
}

function portions<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) =>
    list.slice(i * size, (i + 1) * size),
  );
}

/** Which horizons a collection of patterns has a date for. */
class Horizons {
  readonly #objects: TenantCollection;
  readonly #encoderVersion: string;
  #properties: ReadonlySet<string> = new Set();

  constructor(objects: TenantCollection, encoderVersion: string) {
    this.#objects = objects;
    this.#encoderVersion = encoderVersion;
  }

  /** What was seen once is not asked again: properties are never taken away. */
  async has(horizon: string): Promise<boolean> {
    if (!this.#properties.has(matureAt(horizon))) this.#properties = await this.#objects.properties();
    return this.#properties.has(matureAt(horizon));
  }

  /** Makes collection, tenant and whatever horizons these patterns have. */
  async ensure(patterns: readonly IndexedPattern[]): Promise<void> {
    const seen = new Set(
      patterns.flatMap(({ base, outcomes }) => [...Object.keys(base), ...Object.keys(outcomes)]),
    );
    await this.#objects.ensure(tradingPattern(this.#encoderVersion, [...seen].sort()));
    for (const horizon of seen)
      if (!(await this.has(horizon))) await this.#objects.addProperty(matureAtProperty(horizon));
  }
}
