import type { SeriesKey } from "../../candles/candle-series.ts";
import type { MemoryIdentity } from "../../memory/checks.ts";
import type { Memory } from "../../memory/memory.ts";
import { checkSeriesKey, checkTenant } from "../../memory/names.ts";
import { uuidBytes } from "../../memory/pattern-id.ts";
import { note } from "./pattern-writer.ts";
import { findSeries } from "./series-table.ts";
import type { Store } from "./store.ts";

/** Rows that went. */
export interface Forgotten {
  readonly patterns: number;
  readonly candles: number;
  readonly records: number;
  readonly answers: number;
}

const DEPENDENT = ["forecasts", "contexts"] as const;

/** Deletes patterns of one memory with their forecasts and contexts, in one transaction. */
export function deletePatterns(
  store: Store,
  of: MemoryIdentity,
  what: Parameters<Memory["delete"]>[0],
): number {
  return store.write(() => {
    const sql = "SELECT memory FROM memories WHERE tenant = ? AND encoder = ?";
    const memory = store.row(sql, of.tenant, of.encoderVersion)?.[0] as number | undefined;
    if (memory === undefined) return 0;
    const gone =
      "series" in what
        ? deleteSeries(store, memory, findSeries(store, what.series) ?? -1)
        : what.ids.reduce((sum, id) => sum + deleteOne(store, memory, uuidBytes(id)), 0);
    if (gone > 0) note(store, memory, "delete", null, null, null, null);
    return gone;
  });
}

function deleteSeries(store: Store, memory: number, series: number): number {
  for (const table of DEPENDENT)
    store.run(`DELETE FROM ${table} WHERE memory = ? AND series = ?`, memory, series);
  return store.run("DELETE FROM patterns WHERE memory = ? AND series = ?", memory, series);
}

function deleteOne(store: Store, memory: number, id: Uint8Array): number {
  const key = store.row(
    "SELECT series, anchor, revision FROM patterns WHERE memory = ? AND id = ?",
    memory,
    id,
  );
  if (!key) return 0;
  const [series, anchor, revision] = key as number[];
  const where = "WHERE memory = ? AND series = ? AND anchor = ? AND revision = ?";
  for (const table of [...DEPENDENT, "patterns"])
    store.run(`DELETE FROM ${table} ${where}`, memory, series!, anchor!, revision!);
  return 1;
}

/**
 * Forgets a tenant (patterns, records and answers of all its memories) or a series (its candles, and what every
 * tenant made of them, answers too). Whole or not at all. Facts of others stay as they are.
 */
export function forget(
  store: Store,
  what: { readonly tenant: string } | { readonly series: SeriesKey },
): Forgotten {
  return store.write(() =>
    "tenant" in what ? forgetTenant(store, what.tenant) : forgetSeries(store, what.series),
  );
}

function forgetTenant(store: Store, tenant: string): Forgotten {
  checkTenant(tenant);
  let patterns = 0;
  for (const [memory] of store.rows("SELECT memory FROM memories WHERE tenant = ?", tenant)) {
    for (const table of DEPENDENT) store.run(`DELETE FROM ${table} WHERE memory = ?`, memory as number);
    patterns += store.run("DELETE FROM patterns WHERE memory = ?", memory as number);
    note(store, memory as number, "delete", null, null, null, null);
    store.run("DELETE FROM memories WHERE memory = ?", memory as number);
  }
  const records = store.run("DELETE FROM records WHERE tenant = ?", tenant);
  const answers = store.run("DELETE FROM answers WHERE tenant = ?", tenant);
  return { patterns, candles: 0, records, answers };
}

function forgetSeries(store: Store, key: SeriesKey): Forgotten {
  checkSeriesKey(key);
  const series = findSeries(store, key) ?? -1;
  let patterns = 0;
  for (const [memory] of store.rows("SELECT memory FROM memories")) {
    const gone = deleteSeries(store, memory as number, series);
    if (gone > 0) note(store, memory as number, "delete", null, null, null, null);
    patterns += gone;
  }
  const candles = store.run("DELETE FROM candles WHERE series = ?", series);
  store.run("DELETE FROM series WHERE series = ?", series);
  const named = [key.source, key.symbol, key.timeframe] as const;
  const records = store.run(
    "DELETE FROM records WHERE source = ? AND symbol = ? AND timeframe = ?",
    ...named,
  );
  const answers = store.run(
    "DELETE FROM answers WHERE source = ? AND symbol = ? AND timeframe = ?",
    ...named,
  );
  return { patterns, candles, records, answers };
}
