import type { FilterValue } from "weaviate-client";
import { matureAt } from "../../../../weaviate/schema.ts";
import type { SeriesKey } from "../../candles/candle-series.ts";
import type { IndexedPattern, IndexQuery } from "../../memory/pattern-index.ts";
import { allOf, anyOf, byIds, byProperty } from "./by-property.ts";
import { from, upTo } from "./instants.ts";

/**
 * Which patterns a query may see, as the server's filter: those of its base timeframe and symbols whose first outcome
 * over its horizon was known by `asOf` (and `maturedBy`), and which share no episode with `apart`; the same as
 * `rowsInScope` of memory/exact-index.ts says. Null: none can be.
 */
export function scopeFilter(query: Omit<IndexQuery, "vector">): FilterValue | null {
  const { asOf, horizon, maturedBy = Infinity, among, apart, timeframe, anchored, regimes } = query;
  const known = byProperty(matureAt(horizon));
  const parts = [
    known.lessOrEqual(upTo(Math.min(asOf, maturedBy))),
    byProperty("timeframe").equal(timeframe),
  ];
  if (among !== "all") {
    if (among.symbols.length === 0) return null;
    parts.push(byProperty("symbol").containsAny([...among.symbols]));
  }
  if (regimes) {
    if (regimes.length === 0) return null;
    parts.push(byProperty("regime").containsAny([...regimes]));
  }
  if (anchored) {
    const anchor = byProperty("anchor");
    parts.push(anchor.greaterOrEqual(from(anchored.from)), anchor.lessOrEqual(upTo(anchored.to)));
  }
  if (apart)
    parts.push(
      anyOf(byProperty("anchor").greaterOrEqual(from(apart.to)), known.lessOrEqual(upTo(apart.from))),
    );
  return allOf(...parts);
}

/** All patterns of a series. */
export function seriesFilter({ source, symbol, timeframe }: SeriesKey): FilterValue {
  return allOf(
    byProperty("symbol").equal(symbol),
    byProperty("timeframe").equal(timeframe),
    byProperty("source").equal(source),
  );
}

/**
 * Patterns in groups of at most `size` that one filter must let through: their ids, and every property that questions
 * filter by. What it leaves out has been stored without its entries in the server's indexes.
 */
export function findable(
  patterns: readonly IndexedPattern[],
  size: number,
): readonly { readonly some: readonly IndexedPattern[]; readonly filters: FilterValue }[] {
  const groups = new Map<string, IndexedPattern[]>();
  for (const pattern of patterns) {
    const { source, symbol, timeframe, regime, outcomes } = pattern;
    const key = JSON.stringify([source, symbol, timeframe, regime, Object.keys(outcomes).sort()]);
    const group = groups.get(key);
    if (group) group.push(pattern);
    else groups.set(key, [pattern]);
  }
  return [...groups.values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / size) }, (_, i) => {
      const some = group.slice(i * size, (i + 1) * size);
      return { some, filters: everythingOf(some) };
    }),
  );
}

/** What patterns of one series, regime and set of horizons have in common. */
function everythingOf(some: readonly IndexedPattern[]): FilterValue {
  const { regime, outcomes } = some[0]!;
  const within = (property: string, instants: readonly number[]): readonly FilterValue[] => [
    byProperty(property).greaterOrEqual(from(Math.min(...instants))),
    byProperty(property).lessOrEqual(upTo(Math.max(...instants))),
  ];
  const matured = Object.keys(outcomes).flatMap((horizon) =>
    within(
      matureAt(horizon),
      some.map((pattern) => pattern.outcomes[horizon]![0]!.matureAt),
    ),
  );
  return allOf(
    byIds(some.map(({ id }) => id)),
    seriesFilter(some[0]!),
    ...within(
      "anchor",
      some.map(({ anchor }) => anchor),
    ),
    ...matured,
    ...(regime === undefined ? [] : [byProperty("regime").containsAny([regime])]),
  );
}
