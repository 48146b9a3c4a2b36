import * as check from "./checks.ts";
import type { LabelBatch, LabelCounts, Memory, Pattern, PatternBatch } from "./memory.ts";
import { checkEncoderVersion, checkTenant, seriesName } from "./names.ts";
import { patternIds, uuidBytes, uuidText } from "./pattern-id.ts";
import { addLabel, copyOutcome, labelInstants, labelsOf, type Outcomes } from "./outcomes.ts";
import { PatternTable } from "./pattern-table.ts";
import { placeLabel } from "./place-label.ts";
import {
  countMaturedInTable,
  maturedInTable,
  newestRow,
  patternAsOf,
  queryTable,
  queryTableColumns,
} from "./table-queries.ts";
import type { EpochMs } from "../time/units.ts";

/**
 * A Memory without a folder: for notebooks, tests and short-lived agents. Same contract, same exact search;
 * gone with the process.
 * @throws RhymeError "usage" for names that no memory may have
 * @example const memory = ramMemory({ tenant: "default", encoderVersion: encoder.version, dim: encoder.dim });
 */
export function ramMemory(of: check.MemoryIdentity): Memory {
  checkTenant(of.tenant);
  checkEncoderVersion(of.encoderVersion);
  check.checkCount("dim", of.dim);
  const { tenant, encoderVersion, dim } = of;
  let table = new PatternTable(dim);
  return {
    tenant,
    encoderVersion,
    dim,
    put: async (batch) => put(table, of, batch),
    label: async (batch) => label(table, batch),
    query: async (query) => {
      check.checkQuery(of, query);
      return queryTable(table, query);
    },
    queryColumns: async (query) => {
      check.checkQuery(of, query);
      return queryTableColumns(table, query);
    },
    matured: async (wanted) => {
      check.checkMatured(wanted);
      return maturedInTable(table, wanted);
    },
    countMatured: async (wanted) => {
      check.checkCountMatured(wanted);
      return countMaturedInTable(table, wanted);
    },
    get: async (id, asOf) => {
      check.checkKnownBy("get", asOf);
      return patternOrNull(table, table.findId(uuidBytes(id)), asOf);
    },
    at: async (series, at, asOf) => {
      check.checkKnownBy("at", asOf);
      return patternOrNull(table, newestRow(table, series, at, asOf), asOf);
    },
    anchors: async (series, after = -Infinity) => anchorsOf(table, series).filter((t) => t > after),
    delete: async (what) => {
      const gone = rowsToDelete(table, what);
      if (gone.size > 0) table = without(table, gone);
      return gone.size;
    },
    count: async () => table.size,
    verify: async () => ({ checked: table.size, problems: [] }),
    rebuild: async () => {
      table = without(table, new Set());
    },
    close: async () => {},
  };
}

type Counts = { readonly written: number; readonly unchanged: number };

function patternOrNull(table: PatternTable, row: number, asOf: EpochMs): Pattern | null {
  return row < 0 || table.anchors[row]! > asOf ? null : patternAsOf(table, row, asOf);
}

function anchorsOf(table: PatternTable, series: PatternBatch["series"]): Float64Array {
  const rows = table.rowsOfSeries(table.seriesNumber(series));
  const distinct = rows.filter((row, i) => i === 0 || table.anchors[rows[i - 1]!] !== table.anchors[row]);
  return Float64Array.from(distinct, (row) => table.anchors[row]!);
}

function put(table: PatternTable, of: check.MemoryIdentity, batch: PatternBatch): Counts {
  check.checkPatternBatch(of, batch);
  const { series, anchors, vectors, revision, lineage } = batch;
  const { dim } = table;
  const s = table.seriesNumber(series);
  const rows = Array.from(anchors, (anchor) => table.find(s, anchor, revision)); // −1: new
  const vector = (i: number): Float32Array => vectors.subarray(i * dim, (i + 1) * dim);
  rows.forEach((row, i) => {
    if (row >= 0 && !equal(table.vectors.view(row), vector(i)))
      check.refuseOtherVector(`patterns of ${seriesName(series)}`, uuidText(table.ids, row * 16));
  });
  const makeId = patternIds({ ...of, series, revision });
  let written = 0;
  rows.forEach((found, i) => {
    if (found >= 0) return;
    const id = new Uint8Array(16);
    makeId(anchors[i]!, id, 0);
    const atrNow = batch.atrNow[i]! + 0;
    rows[i] = table.add({ series, anchor: anchors[i]!, revision, id, vector: vector(i), atrNow, lineage });
    written++;
  });
  for (const [horizon, values] of Object.entries(batch.base)) {
    const { base } = table.outcomesOf(horizon);
    rows.forEach((row, i) => {
      if (Number.isNaN(base[row]!)) base[row] = values[i]! + 0;
    });
  }
  return { written, unchanged: anchors.length - written };
}

function equal(a: Float32Array, b: Float32Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function label(table: PatternTable, batch: LabelBatch): LabelCounts {
  check.checkLabelBatch(batch);
  const { series, anchors, columns } = batch;
  const s = table.seriesNumber(series);
  const place = `contexts ${columns.horizon} of ${seriesName(series)}`;
  const outcomes = table.outcomesOf(columns.horizon);
  const due: { row: number; i: number }[] = [];
  const counts = { written: 0, revised: 0, unchanged: 0 };
  anchors.forEach((anchor, i) => {
    if (!check.isMature(columns, i)) return;
    const row = table.find(s, anchor, null);
    if (row < 0) check.refuseUnknownAnchor(place, anchor);
    const known = labelInstants(outcomes, row);
    const label = (): number[] => [columns.crossesClose[i]!, ...labelsOf(columns, i)];
    const factAt = (k: number): number[] => storedLabel(outcomes, row, k);
    const what = placeLabel(`${place} at ${anchor}`, known, factAt, columns.matureAt[i]!, label);
    counts[what]++;
    if (what !== "unchanged") due.push({ row, i });
  });
  for (const { row, i } of due) addLabel(outcomes, row, columns, i);
  return counts;
}

/** The k-th label fact of a row: crossesClose, then its labels. */
function storedLabel(outcomes: Outcomes, row: number, k: number): number[] {
  if (k === 0) return [outcomes.crossesClose[row]!, ...labelsOf(outcomes, row)];
  const { crossesClose, values } = outcomes.revisions.get(row)![k - 1]!;
  return [crossesClose, ...values];
}

function rowsToDelete(table: PatternTable, what: Parameters<Memory["delete"]>[0]): Set<number> {
  if ("series" in what) return new Set(table.rowsOfSeries(table.seriesNumber(what.series)));
  const rows = what.ids.map((id) => table.findId(uuidBytes(id)));
  return new Set(rows.filter((row) => row >= 0));
}

/** The table without some rows: all others are added anew. */
function without(table: PatternTable, gone: ReadonlySet<number>): PatternTable {
  const next = new PatternTable(table.dim);
  for (let row = 0; row < table.size; row++) {
    if (gone.has(row)) continue;
    const added = next.add({
      series: table.series[table.seriesOf[row]!]!.key,
      anchor: table.anchors[row]!,
      revision: table.revisions[row]!,
      id: table.ids.subarray(row * 16, row * 16 + 16),
      vector: table.vectors.view(row),
      atrNow: table.atrNow[row]!,
      lineage: table.lineages[table.lineageOf[row]!]!,
    });
    for (const [horizon, outcomes] of table.outcomes)
      copyOutcome(outcomes, row, next.outcomesOf(horizon), added);
  }
  return next;
}
