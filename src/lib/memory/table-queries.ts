import { LABELS, type Context } from "../context/context.ts";
import type { Horizon } from "../time/horizon.ts";
import type { EpochMs } from "../time/units.ts";
import { countInScope, nearest, nearestEpisodes, type Scope } from "./exact-index.ts";
import type { Among, MaturedColumns, Memory, Neighbour, NeighbourColumns, Pattern, Query } from "./memory.ts";
import { uuidText } from "./pattern-id.ts";
import type { PatternTable } from "./pattern-table.ts";

// The reading half of a Memory, over patterns in RAM. Arguments have been checked.

type ColumnQuery = Omit<Query, "distinctEpisodes">;

function scopeOf(
  table: PatternTable,
  of: { asOf: EpochMs; horizon: Horizon; among: Among; timeframe: string },
): Scope {
  const symbols = of.among === "all" ? null : new Set(of.among.symbols);
  const allowed = Uint8Array.from(table.series, ({ key }) =>
    key.timeframe === of.timeframe && (!symbols || symbols.has(key.symbol)) ? 1 : 0,
  );
  return { horizon: of.horizon, asOf: of.asOf, allowed: allowed.includes(0) ? allowed : null };
}

export function queryTable(table: PatternTable, query: Query): readonly Neighbour[] {
  const search = query.distinctEpisodes ? nearestEpisodes : nearest;
  const { rows, distances } = search(table, scopeOf(table, query), query.vector, query.k);
  return Array.from(rows, (row, i) => neighbour(table, row, query.horizon, distances[i]!));
}

function neighbour(table: PatternTable, row: number, horizon: Horizon, distance: number): Neighbour {
  const context = table.context(row, horizon) as Context; // in scope, so mature
  return {
    ...table.series[table.seriesOf[row]!]!.key,
    id: uuidText(table.ids, row * 16),
    anchor: table.anchors[row]!,
    matureAt: context.matureAt,
    distance,
    context,
    base: table.outcomesOf(horizon).base[row]!,
    atrNow: table.atrNow[row]!,
    lineage: table.lineages[table.lineageOf[row]!]!,
  };
}

export function queryTableColumns(table: PatternTable, query: ColumnQuery): NeighbourColumns {
  const { rows, distances } = nearest(table, scopeOf(table, query), query.vector, query.k);
  const { base, matureAt, values } = table.outcomesOf(query.horizon);
  return {
    distance: distances,
    anchor: Float64Array.from(rows, (row) => table.anchors[row]!),
    matureAt: Float64Array.from(rows, (row) => matureAt[row]!),
    residual: Float64Array.from(rows, (row) => values.logAtrRatio[row]! - base[row]!),
  };
}

export function countMaturedInTable(table: PatternTable, of: Parameters<Memory["countMatured"]>[0]): number {
  return countInScope(table, scopeOf(table, of));
}

/**
 * Matured rows of one series by (anchor, revision), every `stride`-th of them; the stride is the smallest power of
 * two that leaves at most `limit`, so it depends on nothing but how many had matured by `asOf`.
 */
export function maturedInTable(table: PatternTable, of: Parameters<Memory["matured"]>[0]): MaturedColumns {
  const outcomes = table.outcomesOf(of.horizon);
  const rows = thinned(
    table.rowsOfSeries(table.seriesNumber(of.series)),
    (row) => outcomes.matureAt[row]! <= of.asOf,
    of.limit,
  );
  const pick = (column: Float64Array): Float64Array => Float64Array.from(rows, (row) => column[row]!);
  return {
    anchor: pick(table.anchors),
    matureAt: pick(outcomes.matureAt),
    base: pick(outcomes.base),
    atrNow: pick(table.atrNow),
    values: Object.fromEntries(
      LABELS.map((label) => [label, pick(outcomes.values[label])]),
    ) as MaturedColumns["values"],
  };
}

/** Every `stride`-th of the rows that `holds`; plain loops, for this is asked once per answer over all history. */
function thinned(rows: readonly number[], holds: (row: number) => boolean, limit: number): Int32Array {
  let count = 0;
  for (let i = 0; i < rows.length; i++) if (holds(rows[i]!)) count++;
  let stride = 1;
  while (Math.ceil(count / stride) > limit) stride *= 2;
  const kept = new Int32Array(Math.ceil(count / stride));
  for (let i = 0, seen = 0, n = 0; i < rows.length && n < kept.length; i++)
    if (holds(rows[i]!) && seen++ % stride === 0) kept[n++] = rows[i]!;
  return kept;
}

/** A row as a Pattern, with what has matured so far. */
export function patternAt(table: PatternTable, row: number): Pattern {
  const base: Record<Horizon, number> = {};
  const contexts: Record<Horizon, Context> = {};
  for (const [horizon, outcomes] of table.outcomes) {
    if (!Number.isNaN(outcomes.base[row]!)) base[horizon] = outcomes.base[row]!;
    const context = table.context(row, horizon);
    if (context) contexts[horizon] = context;
  }
  return {
    ...table.series[table.seriesOf[row]!]!.key,
    id: uuidText(table.ids, row * 16),
    anchor: table.anchors[row]!,
    revision: table.revisions[row]!,
    vector: table.vectors.view(row).slice(),
    atrNow: table.atrNow[row]!,
    base,
    contexts,
    lineage: table.lineages[table.lineageOf[row]!]!,
  };
}
