import type { FilterValue } from "weaviate-client";
import { matureAt } from "../../../../weaviate/schema.ts";
import type { SeriesKey } from "../../candles/candle-series.ts";
import type { IndexQuery } from "../../memory/pattern-index.ts";
import { allOf, anyOf, byProperty } from "./by-property.ts";
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
