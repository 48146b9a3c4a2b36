import type { Context } from "../context/context.ts";
import { LABELS } from "../context/context.ts";
import type { CountQuery, MaturedColumns, Memory, Neighbour, Pattern, Query } from "../memory/memory.ts";
import type { SeriesKey } from "../candles/candle-series.ts";
import { episodes, thinned } from "./reference-memory.ts";

/**
 * The slow, obvious memory: a list of patterns, filtered and sorted anew for each question. Patterns bring their
 * contexts with them, which nothing corrects; `now` hides what had not happened or matured by then.
 */
export function naiveMemory(patterns: readonly Pattern[], now = Infinity): Memory {
  const seen = patterns.filter((p) => p.anchor <= now).map((p) => knownBy(p, now));
  const matured = (q: CountQuery): Pattern[] =>
    seen.filter((p) => {
      const first = p.matureAt[q.horizon] ?? Infinity;
      const isMine = q.among === "all" || q.among.symbols.includes(p.symbol);
      const isApart = !q.apart || p.anchor >= q.apart.to || first <= q.apart.from;
      return (
        p.timeframe === q.timeframe && isMine && isApart && first <= Math.min(q.asOf, q.maturedBy ?? Infinity)
      );
    });
  const search = (q: Omit<Query, "distinctEpisodes">): Neighbour[] => {
    const rows = matured(q);
    const distance = rows.map((p) => 1 - dot(q.vector, p.vector));
    const order = rows.map((_, i) => i);
    order.sort((a, b) => distance[a]! - distance[b]! || (rows[a]!.id < rows[b]!.id ? -1 : 1));
    return order.map((i) => neighbour(rows[i]!, q.horizon, distance[i]!));
  };
  const refuse = (): never => {
    throw new Error("the naive memory only reads");
  };
  return {
    tenant: "default",
    encoderVersion: "v1",
    dim: patterns[0]?.vector.length ?? 0,
    query: async (q) => (q.distinctEpisodes ? episodes(search(q)) : search(q)).slice(0, q.k),
    queryColumns: async (q) => {
      const rows = search(q).slice(0, q.k);
      return {
        distance: Float64Array.from(rows, (n) => n.distance),
        anchor: Float64Array.from(rows, (n) => n.anchor),
        matureAt: Float64Array.from(rows, (n) => n.matureAt),
        residual: Float64Array.from(rows, (n) => (n.context.logAtrRatio ?? NaN) - n.base),
      };
    },
    matured: async (q) => {
      const { series, horizon, limit } = q;
      const own = matured({ ...q, timeframe: series.timeframe, among: "all" }).filter((p) => same(p, series));
      own.sort((a, b) => a.anchor - b.anchor || a.revision - b.revision);
      return columns(thinned(own, limit), horizon);
    },
    countMatured: async (q) => matured(q).length,
    get: async (id, asOf) =>
      asOfOrNull(
        seen.find((p) => p.id === id && p.anchor <= asOf),
        asOf,
      ),
    at: async (series, at, asOf) =>
      asOfOrNull(
        seen.findLast((p) => same(p, series) && p.anchor <= Math.min(at, asOf)),
        asOf,
      ),
    anchors: async (series, after = -Infinity) =>
      Float64Array.from(seen.filter((p) => same(p, series)).map((p) => p.anchor)).filter((t) => t > after),
    count: async () => seen.length,
    verify: async () => ({ checked: 0, problems: [] }),
    rebuild: async () => {},
    close: async () => {},
    put: refuse,
    label: refuse,
    delete: refuse,
  };
}

function asOfOrNull(p: Pattern | undefined, asOf: number): Pattern | null {
  return p ? knownBy(p, asOf) : null;
}

function knownBy(p: Pattern, asOf: number): Pattern {
  const matureAt = Object.fromEntries(Object.entries(p.matureAt).filter(([, t]) => t <= asOf));
  const contexts = Object.fromEntries(Object.entries(p.contexts).filter(([h]) => h in matureAt));
  return { ...p, contexts, matureAt };
}

function neighbour(p: Pattern, horizon: string, distance: number): Neighbour {
  const context: Context = p.contexts[horizon]!;
  const { id, source, symbol, timeframe, anchor, atrNow, lineage } = p;
  const base = p.base[horizon]!;
  return {
    id,
    source,
    symbol,
    timeframe,
    anchor,
    matureAt: p.matureAt[horizon]!,
    distance,
    context,
    base,
    atrNow,
    lineage,
  };
}

function columns(rows: readonly Pattern[], horizon: string): MaturedColumns {
  const contexts = rows.map((p) => p.contexts[horizon]!);
  return {
    anchor: Float64Array.from(rows, (p) => p.anchor),
    matureAt: Float64Array.from(rows, (p) => p.matureAt[horizon]!),
    base: Float64Array.from(rows, (p) => p.base[horizon]!),
    atrNow: Float64Array.from(rows, (p) => p.atrNow),
    values: Object.fromEntries(
      LABELS.map((label) => [label, Float64Array.from(contexts, (c) => c[label] ?? NaN)]),
    ) as MaturedColumns["values"],
  };
}

function same(p: SeriesKey, series: SeriesKey): boolean {
  return p.source === series.source && p.symbol === series.symbol && p.timeframe === series.timeframe;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
