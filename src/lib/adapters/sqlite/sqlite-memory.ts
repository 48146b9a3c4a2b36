import type { SeriesKey } from "../../candles/candle-series.ts";
import * as check from "../../memory/checks.ts";
import type { Memory, Pattern } from "../../memory/memory.ts";
import { checkEncoderVersion, checkTenant } from "../../memory/names.ts";
import { uuidBytes } from "../../memory/pattern-id.ts";
import {
  countMaturedInTable,
  maturedInTable,
  queryTable,
  queryTableColumns,
} from "../../memory/table-queries.ts";
import type { EpochMs } from "../../time/units.ts";
import { RhymeError } from "../../errors.ts";
import { writeContexts } from "./context-writer.ts";
import { deletePatterns } from "./forget.ts";
import { readPattern } from "./read-pattern.ts";
import { writePatterns } from "./pattern-writer.ts";
import { findSeries } from "./series-table.ts";
import type { Store } from "./store.ts";
import { storeError } from "./store-error.ts";
import { TableLoader } from "./table-loader.ts";
import { verifyMemory } from "./verify-memory.ts";

/**
 * One tenant's patterns of one encoder version in a memory folder. Every statement is bound to both, so what
 * belongs to another cannot be reached from here. Single patterns come from the file; searches run in RAM.
 * @throws RhymeError "usage" for impossible names, "mismatch" when stored vectors have another size
 */
export function sqliteMemory(store: Store, of: check.MemoryIdentity): Memory {
  checkTenant(of.tenant);
  checkEncoderVersion(of.encoderVersion);
  check.checkCount("dim", of.dim);
  checkStoredSize(store, of);
  const loader = new TableLoader(store, of);
  let closed = false;
  const opened = <T>(work: () => T): T => {
    if (closed) throw storeError(store.place, "an open memory", "one that was closed", "Open it again.");
    return work();
  };
  /** Reads single patterns, having seen that none is missing: the newest one left is not the newest there was. */
  const whole = <T>(work: () => T): T => {
    loader.current(null);
    return work();
  };
  return {
    ...{ tenant: of.tenant, encoderVersion: of.encoderVersion, dim: of.dim },
    put: async (batch) => opened(() => writePatterns(store, of, batch)),
    label: async (batch) => opened(() => writeContexts(store, of, batch)),
    query: async (query) =>
      opened(() => {
        check.checkQuery(of, query);
        return queryTable(loader.current(query.horizon), query);
      }),
    queryColumns: async (query) =>
      opened(() => {
        check.checkQuery(of, query);
        return queryTableColumns(loader.current(query.horizon), query);
      }),
    matured: async (wanted) =>
      opened(() => {
        check.checkMatured(wanted);
        return maturedInTable(loader.current(wanted.horizon), wanted);
      }),
    countMatured: async (wanted) =>
      opened(() => {
        check.checkCountMatured(wanted);
        return countMaturedInTable(loader.current(wanted.horizon), wanted);
      }),
    get: async (id, asOf) => opened(() => byId(store, of, loader, id, asOf)),
    at: async (series, at, asOf) => opened(() => whole(() => newestUpTo(store, of, series, at, asOf))),
    anchors: async (series, after) => opened(() => whole(() => anchorsOf(store, of, series, after))),
    delete: async (what) => opened(() => deletePatterns(store, of, what)),
    count: async () => opened(() => whole(() => count(store, of))),
    verify: async () => opened(() => verifyMemory(store, of)),
    rebuild: async () => opened(() => loader.drop()),
    close: async () => {
      closed = true;
      loader.drop();
    },
  };
}

function checkStoredSize(store: Store, of: check.MemoryIdentity): void {
  const row = store.row(
    "SELECT dim FROM memories WHERE tenant = ? AND encoder = ?",
    of.tenant,
    of.encoderVersion,
  );
  if (row && row[0] !== of.dim) {
    const remedy = `The embedding has ${of.dim} values, index expects ${row[0]}: use the encoder that made this memory.`;
    throw new RhymeError("mismatch", {
      place: `${store.place}, encoder ${of.encoderVersion}`,
      expected: `embeddings of ${row[0]} values`,
      received: `${of.dim}`,
      remedy,
    });
  }
}

const MINE = "memory = (SELECT memory FROM memories WHERE tenant = ? AND encoder = ?)";

function byId(
  store: Store,
  of: check.MemoryIdentity,
  loader: TableLoader,
  id: string,
  asOf: EpochMs,
): Pattern | null {
  check.checkKnownBy("get", asOf);
  const bytes = uuidBytes(id);
  if (bytes.length === 0) return null;
  const table = loader.current(null);
  const row = table.findId(bytes);
  if (row < 0 || table.anchors[row]! > asOf) return null;
  const series = findSeries(store, table.series[table.seriesOf[row]!]!.key) ?? -1;
  const key = [series, table.anchors[row]!, table.revisions[row]!];
  return readPattern(store, of, "series = ? AND anchor = ? AND revision = ?", key, asOf);
}

function newestUpTo(
  store: Store,
  of: check.MemoryIdentity,
  series: SeriesKey,
  at: EpochMs,
  asOf: EpochMs,
): Pattern | null {
  check.checkKnownBy("at", asOf);
  const end = Math.floor(Math.min(at, asOf));
  const instant = Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, end));
  const where = "series = ? AND anchor <= ? ORDER BY anchor DESC, revision DESC";
  return readPattern(store, of, where, [findSeries(store, series) ?? -1, instant], asOf);
}

function anchorsOf(
  store: Store,
  of: check.MemoryIdentity,
  series: SeriesKey,
  after = -Number.MAX_SAFE_INTEGER,
): Float64Array {
  const sql = `SELECT DISTINCT anchor FROM patterns WHERE ${MINE} AND series = ? AND anchor > ? ORDER BY anchor`;
  const rows = store.rows(sql, of.tenant, of.encoderVersion, findSeries(store, series) ?? -1, after);
  return Float64Array.from(rows, (row) => row[0] as number);
}

function count(store: Store, of: check.MemoryIdentity): number {
  return store.row(`SELECT count(*) FROM patterns WHERE ${MINE}`, of.tenant, of.encoderVersion)![0] as number;
}
