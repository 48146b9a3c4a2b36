import type { Collection } from "../../../../weaviate/collection.ts";
import { reasonFor, type Changing } from "../../../../weaviate/reasons.ts";

/** A parameter that is not on the server what the code says. */
export interface Difference {
  /** Properties by their name: `properties.anchor.indexRangeFilters`. */
  readonly path: string;
  readonly wanted: unknown;
  /** Undefined where there is none. */
  readonly found: unknown;
  readonly changing: Exclude<Changing, "not compared">;
  readonly why: string;
}

/** A collection as the server describes it: more than we state. */
export interface ServerCollection {
  readonly class: string;
  readonly description?: string;
  readonly properties?: readonly ServerProperty[] | null;
  readonly [parameter: string]: unknown;
}

export interface ServerProperty {
  readonly name: string;
  readonly [parameter: string]: unknown;
}

/** Every parameter that we state and the server has otherwise; what it adds by itself is its own affair. */
export function differences(wanted: Collection, found: ServerCollection): readonly Difference[] {
  const { properties, ...rest } = wanted;
  const there = new Map((found.properties ?? []).map((one) => [one.name, one]));
  const stated = new Set(properties.map(({ name }) => name));
  return [
    ...compared(rest, found, ""),
    ...properties.flatMap((property) => {
      const path = `properties.${property.name}`;
      const one = there.get(property.name);
      return one ? compared(property, one, path) : [missing(path, property)];
    }),
    ...[...there.values()].filter(({ name }) => !stated.has(name)).map(surplus),
  ];
}

/** Values are compared where we state them; the server leaves out what is false. */
function compared(wanted: unknown, found: unknown, path: string): readonly Difference[] {
  if (typeof wanted === "object" && wanted !== null && !Array.isArray(wanted)) {
    const inner = Object.entries(wanted);
    const missingWhole = found === undefined && !inner.every(([, value]) => value === false);
    if (inner.length > 0 && !missingWhole)
      return inner.flatMap(([key, value]) =>
        compared(value, (found as Record<string, unknown> | undefined)?.[key], path ? `${path}.${key}` : key),
      );
    if (inner.length === 0 && found !== undefined) return [];
  }
  if (JSON.stringify(wanted) === JSON.stringify(found ?? (wanted === false ? false : undefined))) return [];
  const reason = reasonFor(path) ?? reasonWithin(path, wanted);
  if (reason.changing === "not compared") return [];
  return [{ path, wanted, found, changing: reason.changing, why: reason.why }];
}

/** The first reason among the parameters of a part that is missing whole. */
function reasonWithin(path: string, part: unknown): { readonly changing: Changing; readonly why: string } {
  const [key, value] = Object.entries(part as object)[0] ?? [];
  if (key === undefined) return { changing: "new collection", why: "" };
  return reasonFor(`${path}.${key}`) ?? reasonWithin(`${path}.${key}`, value);
}

function missing(path: string, property: unknown): Difference {
  const why = "objects written before it have none; it cannot be taken away again";
  return { path, wanted: property, found: undefined, changing: "in place", why };
}

function surplus({ name, ...found }: ServerProperty): Difference {
  const why = "the code knows no such property, and a property cannot be taken away";
  return { path: `properties.${name}`, wanted: undefined, found, changing: "new collection", why };
}
