import type { SeriesKey } from "../../candles/candle-series.ts";
import type { MemoryIdentity } from "../../memory/checks.ts";
import type { Memory } from "../../memory/memory.ts";
import { checkSeriesKey, checkTenant } from "../../memory/names.ts";
import { uuidBytes } from "../../memory/pattern-id.ts";
import { note } from "./pattern-writer.ts";
import { dropChannels } from "./channels.ts";
import { changeNamed } from "./named-rows.ts";
import { dropRecordTallies } from "./record-shelf.ts";
import { findSeries } from "./series-table.ts";
import type { Store } from "./store.ts";
import { addToTally, dropTallies, readTallies, Tally } from "./tally.ts";

/** Rows that went. */
export interface Forgotten {
  readonly patterns: number;
  readonly contexts: number;
  readonly candles: number;
  readonly records: number;
  readonly answers: number;
}

const DEPENDENT = ["forecasts", "contexts", "context_revisions"] as const;

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
  dropTallies(store, "memory = ? AND series = ?", [memory, series]);
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
  for (const kind of [...DEPENDENT, "patterns"] as const) {
    const part = kind === "patterns" ? "''" : "horizon";
    const rows = store.rows(
      `SELECT ${part}, digest FROM ${kind} ${where}`,
      memory,
      series!,
      anchor!,
      revision!,
    );
    for (const [horizon, digest] of rows) {
      const gone = new Tally();
      gone.remove(digest as number);
      addToTally(store, { kind, memory, part: horizon as string, series: series! }, gone);
    }
    store.run(`DELETE FROM ${kind} ${where}`, memory, series!, anchor!, revision!);
  }
  return 1;
}

/** What to forget: all of a tenant, all that anybody made of some series, or what one tenant made of them. */
export interface ForgetWish {
  readonly tenant?: string;
  readonly series?: SeriesKey | readonly SeriesKey[];
}

/**
 * Forgets patterns with all that belongs to them, records, answers and entries of the ingest log. The candles of a
 * series go too where no other tenant has made patterns of them. Whole or not at all; what others made stays.
 */
export function forget(store: Store, wish: ForgetWish): Forgotten {
  return store.write(() => {
    const plan = planOf(store, wish);
    const counts = countsOf(store, plan);
    for (const { memory, series } of plan.held) {
      deleteSeries(store, memory, series);
      note(store, memory, "delete", null, null, null, null);
    }
    for (const memory of plan.memories) {
      store.run("DELETE FROM mirrored WHERE memory = ?", memory);
      changeNamed(store, "memories", "memory = ?", [memory], () =>
        store.run("DELETE FROM memories WHERE memory = ?", memory),
      );
    }
    dropRecordTallies(store, plan.where, plan.values);
    for (const table of ["records", "answers", "ingests"] as const)
      store.run(`DELETE FROM ${table} WHERE ${plan.where}`, ...plan.values);
    for (const series of plan.candles) deleteCandles(store, series);
    if (wish.tenant !== undefined && wish.series === undefined) dropChannels(store, wish.tenant);
    return counts;
  });
}

/** What `forget` would delete now. */
export function forgettable(store: Store, wish: ForgetWish): Forgotten {
  return store.snapshot(() => countsOf(store, planOf(store, wish)));
}

interface ForgetPlan {
  readonly held: readonly { readonly memory: number; readonly series: number }[];
  /** Memories of which nothing is left. */
  readonly memories: readonly number[];
  /** Series that nobody uses afterwards. */
  readonly candles: readonly number[];
  /** Which records, answers and ingests. */
  readonly where: string;
  readonly values: readonly string[];
}

function planOf(store: Store, { tenant, series }: ForgetWish): ForgetPlan {
  if (tenant !== undefined) checkTenant(tenant);
  const keys =
    series === undefined ? null : Array.isArray(series) ? (series as SeriesKey[]) : [series as SeriesKey];
  keys?.forEach(checkSeriesKey);
  if (tenant === undefined && !keys?.length) throw new TypeError("forget needs a tenant or a series");
  const numbers = keys?.map((key) => findSeries(store, key) ?? -1);
  const owners = new Map(
    store
      .rows("SELECT memory, tenant FROM memories")
      .map(([memory, owner]) => [memory as number, owner as string]),
  );
  const all = readTallies(store, "kind = 'patterns'", []).map(({ key }) => key);
  const mine = (memory: number): boolean => tenant === undefined || owners.get(memory) === tenant;
  const held = all.filter((of) => mine(of.memory) && (!numbers || numbers.includes(of.series)));
  const touched = [...new Set(numbers ?? held.map((of) => of.series))];
  const used = (n: number): boolean => all.some((of) => of.series === n && !mine(of.memory));
  const memories = [...owners.keys()].filter((memory) => mine(memory) && !numbers);
  const candles = touched.filter((n) => n >= 0 && !used(n));
  const clauses = keys?.map(() => "(source = ? AND symbol = ? AND timeframe = ?)").join(" OR ");
  const where = [
    tenant === undefined ? [] : ["tenant = ?"],
    clauses === undefined ? [] : [`(${clauses})`],
  ].flat();
  const names = keys?.flatMap(({ source, symbol, timeframe }) => [source, symbol, timeframe]) ?? [];
  const values = [...(tenant === undefined ? [] : [tenant]), ...names];
  return { held, memories, candles, where: where.join(" AND "), values };
}

function countsOf(store: Store, { held, candles, where, values }: ForgetPlan): Forgotten {
  const rows = (kind: "patterns" | "contexts"): number =>
    held.reduce((sum, { memory, series }) => {
      const tallies = readTallies(store, "kind = ? AND memory = ? AND series = ?", [kind, memory, series]);
      return sum + tallies.reduce((total, { tally }) => total + tally.rows, 0);
    }, 0);
  const count = (table: string): number =>
    store.row(`SELECT count(*) FROM ${table} WHERE ${where}`, ...values)![0] as number;
  return {
    patterns: rows("patterns"),
    contexts: rows("contexts"),
    candles: candles.reduce(
      (sum, n) => sum + (store.row("SELECT count(*) FROM candles WHERE series = ?", n)![0] as number),
      0,
    ),
    records: count("records"),
    answers: count("answers"),
  };
}

function deleteCandles(store: Store, series: number): void {
  const named = store.row("SELECT source, symbol, timeframe FROM series WHERE series = ?", series);
  store.run("DELETE FROM candles WHERE series = ?", series);
  dropTallies(store, "memory = 0 AND series = ?", [series]);
  if (named)
    store.run(
      "DELETE FROM ingests WHERE source = ? AND symbol = ? AND timeframe = ?",
      ...(named as string[]),
    );
  changeNamed(store, "series", "series = ?", [series], () =>
    store.run("DELETE FROM series WHERE series = ?", series),
  );
}

/** Gives the room of what was forgotten back to the disk, and leaves no byte of it in the file or its log. */
export function compact(store: Store): void {
  store.exec("VACUUM");
  store.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}
