import { v5 } from "uuid";
import type { SeriesKey } from "../candles/candle-series.ts";
import { LABELS, type Context, type Label } from "../context/context.ts";
import { RhymeError } from "../errors.ts";
import type { Lineage, Memory, Neighbour, Pattern, Pool, Query } from "../memory/memory.ts";
import { PATTERN_NAMESPACE } from "../memory/pattern-id.ts";

interface Entry extends SeriesKey {
  readonly id: string;
  readonly anchor: number;
  readonly revision: number;
  readonly vector: Float32Array;
  readonly atrNow: number;
  readonly base: Record<string, number>;
  /** All label facts of a horizon, ascending by when they were known. */
  readonly labels: Record<string, Context[]>;
  readonly lineage: Lineage;
}

/**
 * The memory contract in the plainest words: one list, filtered and sorted anew for every call. Slow on purpose, and
 * sharing no code with the stores it is compared with but the namespace of ids. Arguments are not checked.
 */
export function referenceMemory(of: { tenant: string; encoderVersion: string; dim: number }): Memory {
  let entries: Entry[] = [];
  const ofSeries = (key: SeriesKey): Entry[] =>
    entries
      .filter((e) => name(e) === name(key))
      .sort((a, b) => a.anchor - b.anchor || a.revision - b.revision);
  const first = (e: Entry, horizon: string): number => e.labels[horizon]?.[0]?.matureAt ?? Infinity;
  const inPool = (e: Entry, q: Pool & { horizon: string; asOf: number }): boolean =>
    first(e, q.horizon) <= q.asOf &&
    first(e, q.horizon) <= (q.maturedBy ?? Infinity) &&
    !(q.apart && e.anchor < q.apart.to && q.apart.from < first(e, q.horizon));
  const search = (q: Omit<Query, "distinctEpisodes">): Neighbour[] =>
    entries
      .filter((e) => inPool(e, q) && e.timeframe === q.timeframe)
      .filter((e) => q.among === "all" || q.among.symbols.includes(e.symbol))
      .map((e) => neighbour(e, q))
      .sort((a, b) => a.distance - b.distance || (a.id < b.id ? -1 : 1));
  return {
    ...of,
    put: async (batch) => {
      const fresh: Entry[] = [];
      const later: (() => void)[] = [];
      batch.anchors.forEach((anchor, i) => {
        const { series, revision, lineage } = batch;
        const vector = batch.vectors.slice(i * of.dim, (i + 1) * of.dim);
        const id = idOf(of, series, anchor, revision);
        const stored = entries.find((e) => e.id === id);
        if (stored && stored.vector.join() !== vector.join()) throw mismatch();
        const entry: Entry = stored ?? {
          ...{ source: series.source, symbol: series.symbol, timeframe: series.timeframe },
          ...{ id, anchor, revision, vector, lineage, atrNow: batch.atrNow[i]!, base: {}, labels: {} },
        };
        if (!stored) fresh.push(entry);
        for (const [horizon, values] of Object.entries(batch.base))
          if (!(horizon in entry.base) && !Number.isNaN(values[i]!))
            later.push(() => (entry.base[horizon] = values[i]!));
      });
      later.forEach((apply) => apply());
      entries.push(...fresh);
      return { written: fresh.length, unchanged: batch.anchors.length - fresh.length };
    },
    label: async ({ series, anchors, columns }) => {
      const due: (() => void)[] = [];
      const counts = { written: 0, revised: 0, unchanged: 0 };
      anchors.forEach((anchor, i) => {
        if (columns.state[i] !== 1) return;
        const entry = ofSeries(series).findLast((e) => e.anchor === anchor);
        if (!entry) throw new RhymeError("input", { place: "", expected: "", received: "", remedy: "" });
        const values = Object.fromEntries(
          LABELS.map((label) => [
            label,
            Number.isNaN(columns.values[label][i]!) ? null : columns.values[label][i]!,
          ]),
        ) as Record<Label, number | null>;
        const context: Context = {
          ...values,
          matureAt: columns.matureAt[i]!,
          crossesClose: columns.crossesClose[i] === 1,
        };
        const stored = entry.labels[columns.horizon] ?? [];
        const before = stored.filter((fact) => fact.matureAt <= context.matureAt);
        const add = (): unknown => (entry.labels[columns.horizon] = [...stored, context]);
        if (stored.length === 0) counts.written++;
        else if (before.length === 0) throw mismatch();
        else if (saysTheSame(before.at(-1)!, context)) return void counts.unchanged++;
        else if (before.length < stored.length || before.at(-1)!.matureAt === context.matureAt)
          throw mismatch();
        else counts.revised++;
        due.push(add);
      });
      due.forEach((apply) => apply());
      return counts;
    },
    query: async (q) => (q.distinctEpisodes ? episodes(search(q)) : search(q)).slice(0, q.k),
    queryColumns: async (q) => {
      const found = search(q).slice(0, q.k);
      return {
        distance: Float64Array.from(found, (n) => n.distance),
        anchor: Float64Array.from(found, (n) => n.anchor),
        matureAt: Float64Array.from(found, (n) => n.matureAt),
        residual: Float64Array.from(found, (n) => (n.context.logAtrRatio ?? NaN) - n.base),
      };
    },
    matured: async (q) => {
      const { series, horizon, asOf, limit } = q;
      const all = ofSeries(series).filter((e) => inPool(e, q));
      const used = thinned(all, limit);
      return {
        anchor: Float64Array.from(used, (e) => e.anchor),
        matureAt: Float64Array.from(used, (e) => first(e, horizon)),
        base: Float64Array.from(used, (e) => e.base[horizon] ?? NaN),
        atrNow: Float64Array.from(used, (e) => e.atrNow),
        values: Object.fromEntries(
          LABELS.map((label) => [
            label,
            Float64Array.from(used, (e) => knownBy(e, horizon, asOf)[label] ?? NaN),
          ]),
        ) as Record<Label, Float64Array>,
      };
    },
    countMatured: async (q) => search({ ...q, vector: new Float32Array(of.dim).fill(1), k: 1 }).length,
    get: async (id, asOf) =>
      patternOf(
        entries.find((e) => e.id === id && e.anchor <= asOf),
        asOf,
      ),
    at: async (series, at, asOf) =>
      patternOf(
        ofSeries(series).findLast((e) => e.anchor <= at && e.anchor <= asOf),
        asOf,
      ),
    anchors: async (series, after = -Infinity) =>
      Float64Array.from(new Set(ofSeries(series).map((e) => e.anchor))).filter((t) => t > after),
    delete: async (what) => {
      const before = entries.length;
      const gone = (e: Entry): boolean =>
        "series" in what ? name(e) === name(what.series) : what.ids.includes(e.id);
      entries = entries.filter((e) => !gone(e));
      return before - entries.length;
    },
    count: async () => entries.length,
    verify: async () => ({ checked: entries.length, problems: [] }),
    rebuild: async () => {},
    close: async () => {},
  };
}

function name(key: SeriesKey): string {
  return JSON.stringify([key.source, key.symbol, key.timeframe]);
}

function idOf(
  of: { tenant: string; encoderVersion: string },
  key: SeriesKey,
  anchor: number,
  revision: number,
): string {
  const fields = [of.tenant, key.source, key.symbol, key.timeframe, anchor, of.encoderVersion, revision];
  return v5(JSON.stringify(fields), PATTERN_NAMESPACE);
}

function mismatch(): RhymeError {
  return new RhymeError("mismatch", { place: "", expected: "", received: "", remedy: "" });
}

function saysTheSame(a: Context, b: Context): boolean {
  return JSON.stringify({ ...a, matureAt: 0 }) === JSON.stringify({ ...b, matureAt: 0 });
}

/** The newest label fact known by `asOf`. */
function knownBy(e: Entry, horizon: string, asOf: number): Context {
  return e.labels[horizon]!.findLast((fact) => fact.matureAt <= asOf)!;
}

function patternOf(entry: Entry | undefined, asOf: number): Pattern | null {
  if (!entry) return null;
  const { labels, ...rest } = entry;
  const known = Object.keys(labels).filter((horizon) => labels[horizon]![0]!.matureAt <= asOf);
  return {
    ...{ ...rest, base: { ...entry.base } },
    contexts: Object.fromEntries(known.map((horizon) => [horizon, knownBy(entry, horizon, asOf)])),
    matureAt: Object.fromEntries(known.map((horizon) => [horizon, labels[horizon]![0]!.matureAt])),
  };
}

function neighbour(e: Entry, q: Omit<Query, "distinctEpisodes">): Neighbour {
  const context = knownBy(e, q.horizon, q.asOf);
  let [product, aa, bb] = [0, 0, 0];
  for (let d = 0; d < q.vector.length; d++) {
    product += e.vector[d]! * q.vector[d]!;
    aa += e.vector[d]! ** 2;
    bb += q.vector[d]! ** 2;
  }
  const distance = 1 - product * (1 / Math.sqrt(aa)) * (1 / Math.sqrt(bb));
  const { source, symbol, timeframe, id, anchor, atrNow, lineage } = e;
  return {
    ...{ source, symbol, timeframe, id, anchor, atrNow, lineage, context },
    matureAt: e.labels[q.horizon]![0]!.matureAt,
    distance: Math.min(2, Math.max(0, distance)),
    base: e.base[q.horizon] ?? NaN,
  };
}

/** Every `stride`-th of the rows, the stride being the smallest power of two that leaves at most `limit`. */
export function thinned<Row>(rows: readonly Row[], limit: number, stride = 1): readonly Row[] {
  const kept = rows.filter((_, i) => i % stride === 0);
  return kept.length > limit ? thinned(rows, limit, stride * 2) : kept;
}

/** The nearest of each episode. */
export function episodes(sorted: readonly Neighbour[]): Neighbour[] {
  const chosen: Neighbour[] = [];
  for (const n of sorted)
    if (chosen.every((c) => c.matureAt <= n.anchor || n.matureAt <= c.anchor)) chosen.push(n);
  return chosen;
}
