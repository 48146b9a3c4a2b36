import type { Collection, Property } from "../../../../weaviate/collection.ts";
import { encoderOf, schemaVersionOf, SCHEMA_VERSION } from "../../../../weaviate/schema.ts";
import { differences, type Difference, type ServerCollection } from "./schema-difference.ts";

/** What stands between the code and the server for one collection of ours. */
export interface CollectionPlan {
  readonly collection: string;
  /**
   * `foreign`: one of our names, but not made by us. `older`, `newer`: made by another version of this program.
   * `other`: ours, with parameters that differ.
   */
  readonly state: "missing" | "as wanted" | "other" | "older" | "newer" | "foreign";
  readonly differences: readonly Difference[];
  readonly wanted: Collection;
}

/** The difference between code and server. */
export interface SchemaPlan {
  readonly collections: readonly CollectionPlan[];
  /** On the server, and none of ours: left alone. */
  readonly others: readonly string[];
}

/** One step that brings the server nearer to the code. */
export type SchemaStep =
  | { readonly kind: "create"; readonly collection: Collection }
  | { readonly kind: "add property"; readonly collection: string; readonly property: Property }
  | { readonly kind: "change"; readonly collection: string; readonly changes: readonly Difference[] };

/** Holds what is wanted against what there is; neither is changed. */
export function planSchema(wanted: readonly Collection[], found: readonly ServerCollection[]): SchemaPlan {
  const there = new Map(found.map((one) => [one.class, one]));
  const names = new Set(wanted.map((one) => one.class));
  return {
    collections: wanted.map((one) => planOf(one, there.get(one.class))),
    others: found
      .map((one) => one.class)
      .filter((name) => !names.has(name))
      .sort(),
  };
}

function planOf(wanted: Collection, found: ServerCollection | undefined): CollectionPlan {
  const collection = wanted.class;
  if (!found) return { collection, wanted, state: "missing", differences: [] };
  const differ = differences(wanted, found);
  const version = schemaVersionOf(found.description ?? "");
  const told = { collection, wanted, differences: differ };
  if (version === null) return { ...told, state: "foreign" };
  if (version < SCHEMA_VERSION) return { ...told, state: "older" };
  if (version > SCHEMA_VERSION) return { ...told, state: "newer" };
  return { ...told, state: differ.length === 0 ? "as wanted" : "other" };
}

/** What `apply` does, in order; a second time there is nothing left. Foreign and newer collections are left alone. */
export function stepsOf({ collections }: SchemaPlan): readonly SchemaStep[] {
  return collections.flatMap(({ collection, wanted, state, differences: all }): readonly SchemaStep[] => {
    if (state === "missing") return [{ kind: "create", collection: wanted }];
    if (state === "foreign" || state === "newer" || needsNew(all)) return [];
    const added = all.filter(isAddition);
    const changes = all.filter((one) => !isAddition(one));
    return [
      ...added.map(
        (one) => ({ kind: "add property", collection, property: one.wanted as Property }) as const,
      ),
      ...(changes.length > 0 ? [{ kind: "change", collection, changes } as const] : []),
    ];
  });
}

/** Collections that no step can bring to what the code says: they must be dropped, made anew and filled again. */
export function stuck({ collections }: SchemaPlan): readonly CollectionPlan[] {
  return collections.filter(
    ({ state, differences: all }) =>
      state === "foreign" || state === "newer" || (state !== "missing" && needsNew(all)),
  );
}

/** Encoder versions whose patterns are on a server. */
export function encodersOn(found: readonly ServerCollection[]): readonly string[] {
  return found.flatMap((one) => encoderOf(one.class) ?? []).sort();
}

function needsNew(all: readonly Difference[]): boolean {
  return all.some(({ changing }) => changing === "new collection");
}

export function isAddition({ path, found }: Difference): boolean {
  return found === undefined && /^properties\.[^.]+$/.test(path);
}
