import type { FilterValue } from "weaviate-client";

type Value = string | number | Date | readonly string[];

/** Filters on one property, without the client's collection object that its own builder hangs on. */
export function byProperty(property: string): {
  readonly equal: (value: string | number) => FilterValue;
  readonly lessOrEqual: (value: number | Date) => FilterValue;
  readonly greaterOrEqual: (value: number | Date) => FilterValue;
  readonly containsAny: (values: readonly string[]) => FilterValue;
} {
  const filter =
    (operator: FilterValue["operator"]) =>
    (value: Value): FilterValue => ({ operator, target: { property }, value });
  return {
    equal: filter("Equal"),
    lessOrEqual: filter("LessThanEqual"),
    greaterOrEqual: filter("GreaterThanEqual"),
    containsAny: filter("ContainsAny"),
  };
}

/** What all of these let through. */
export function allOf(...filters: readonly FilterValue[]): FilterValue {
  return { operator: "And", filters: [...filters], value: null };
}

/** What any of these lets through. */
export function anyOf(...filters: readonly FilterValue[]): FilterValue {
  return { operator: "Or", filters: [...filters], value: null };
}

/** Objects by their ids. */
export function byIds(ids: readonly string[]): FilterValue {
  return byProperty("_id").containsAny(ids);
}
