import type { SeriesKey } from "../candles/candle-series.ts";
import { LABELS, type Context } from "../context/context.ts";
import type { Horizon } from "../time/horizon.ts";
import type { EpochMs } from "../time/units.ts";
import { sameEpisode } from "./episode.ts";
import { countInScope, nearest, nearestEpisodes, type Scope } from "./exact-index.ts";
import type {
  CountQuery,
  MaturedColumns,
  MaturedQuery,
  Neighbour,
  NeighbourColumns,
  Pattern,
  Query,
} from "./memory.ts";
import { contextAsOf, labelColumn } from "./outcomes.ts";
import { uuidText } from "./pattern-id.ts";
import type { PatternTable } from "./pattern-table.ts";

// The reading half of a Memory, over patterns in RAM. Arguments have been checked.

type ColumnQuery = Omit<Query, "distinctEpisodes">;

function scopeOf(table: PatternTable, of: CountQuery): Scope {
  const symbols = of.among === "all" ? null : new Set(of.among.symbols);
  const allowed = Uint8Array.from(table.series, ({ key }) =>
    key.timeframe === of.timeframe && (!symbols || symbols.has(key.symbol)) ? 1 : 0,
  );
  return {
    horizon: of.horizon,
    maturedBy: Math.min(of.asOf, of.maturedBy ?? Infinity),
    allowed: allowed.includes(0) ? allowed : null,
    apart: of.apart ?? null,
  };
}

export function queryTable(table: PatternTable, query: Query): readonly Neighbour[] {
  const search = query.distinctEpisodes ? nearestEpisodes : nearest;
  const { rows, distances } = search(table, scopeOf(table, query), query.vector, query.k);
  return Array.from(rows, (row, i) => neighbour(table, row, query, distances[i]!));
}

function neighbour(
  table: PatternTable,
  row: number,
  { horizon, asOf }: ColumnQuery,
  distance: number,
): Neighbour {
  const outcomes = table.outcomesOf(horizon);
  return {
    ...table.series[table.seriesOf[row]!]!.key,
    id: uuidText(table.ids, row * 16),
    anchor: table.anchors[row]!,
    matureAt: outcomes.matureAt[row]!,
    distance,
    context: contextAsOf(outcomes, row, asOf) as Context, // in scope, so mature
    base: outcomes.base[row]!,
    atrNow: table.atrNow[row]!,
    lineage: table.lineages[table.lineageOf[row]!]!,
  };
}

export function queryTableColumns(table: PatternTable, query: ColumnQuery): NeighbourColumns {
  const { rows, distances } = nearest(table, scopeOf(table, query), query.vector, query.k);
  const outcomes = table.outcomesOf(query.horizon);
  const { base, matureAt } = outcomes;
  const ratio = labelColumn(outcomes, "logAtrRatio", rows, query.asOf);
  return {
    distance: distances,
    anchor: Float64Array.from(rows, (row) => table.anchors[row]!),
    matureAt: Float64Array.from(rows, (row) => matureAt[row]!),
    residual: ratio.map((value, i) => value - base[rows[i]!]!),
  };
}

export function countMaturedInTable(table: PatternTable, of: CountQuery): number {
  return countInScope(table, scopeOf(table, of));
}

/**
 * Matured rows of one series by (anchor, revision), every `stride`-th of them; the stride is the smallest power of
 * two that leaves at most `limit`, so it depends on nothing but how many had matured.
 */
export function maturedInTable(table: PatternTable, of: MaturedQuery): MaturedColumns {
  const outcomes = table.outcomesOf(of.horizon);
  const maturedBy = Math.min(of.asOf, of.maturedBy ?? Infinity);
  const { matureAt } = outcomes;
  const { anchors } = table;
  const { apart } = of;
  const rows = thinned(
    table.rowsOfSeries(table.seriesNumber(of.series)),
    (row) =>
      matureAt[row]! <= maturedBy &&
      !(apart && sameEpisode(anchors[row]!, matureAt[row]!, apart.from, apart.to)),
    of.limit,
  );
  const pick = (column: Float64Array): Float64Array => Float64Array.from(rows, (row) => column[row]!);
  return {
    anchor: pick(anchors),
    matureAt: pick(matureAt),
    base: pick(outcomes.base),
    atrNow: pick(table.atrNow),
    values: Object.fromEntries(
      LABELS.map((label) => [label, labelColumn(outcomes, label, rows, of.asOf)]),
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

/** The row of the newest pattern of a series with anchor ≤ at and ≤ asOf, −1 where there is none. */
export function newestRow(table: PatternTable, series: SeriesKey, at: EpochMs, asOf: EpochMs): number {
  const s = table.seriesNumber(series);
  return table.rowsOfSeries(s)[table.countUpTo(s, Math.min(at, asOf)) - 1] ?? -1;
}

/** A row as a Pattern, with what had matured by `asOf`. */
export function patternAsOf(table: PatternTable, row: number, asOf: EpochMs): Pattern {
  const base: Record<Horizon, number> = {};
  const contexts: Record<Horizon, Context> = {};
  const matureAt: Record<Horizon, EpochMs> = {};
  for (const [horizon, outcomes] of table.outcomes) {
    if (!Number.isNaN(outcomes.base[row]!)) base[horizon] = outcomes.base[row]!;
    const context = contextAsOf(outcomes, row, asOf);
    if (!context) continue;
    contexts[horizon] = context;
    matureAt[horizon] = outcomes.matureAt[row]!;
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
    matureAt,
    lineage: table.lineages[table.lineageOf[row]!]!,
  };
}
