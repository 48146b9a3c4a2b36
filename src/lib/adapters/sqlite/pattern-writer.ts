import type { LabelBatch, PatternBatch } from "../../memory/memory.ts";
import * as check from "../../memory/checks.ts";
import { seriesName } from "../../memory/names.ts";
import { patternIds, uuidText } from "../../memory/pattern-id.ts";
import {
  bytesOf,
  CONTEXT_COLUMNS,
  contextCells,
  contextDigest,
  forecastDigest,
  patternDigest,
  real,
  wordsOf,
} from "./pattern-rows.ts";
import { changeNamed } from "./named-rows.ts";
import { findSeries, obtainSeries } from "./series-table.ts";
import type { Cell, Store } from "./store.ts";
import { addToTally, Tally } from "./tally.ts";

/** Rows per transaction: what a crash can cost, and how long another commit of this process has to wait. */
const CHUNK = 10_000;

export interface WriteCounts {
  readonly written: number;
  readonly unchanged: number;
}

/** Number of a memory, given out where there is none; inside a write transaction. */
function obtainMemory(store: Store, of: check.MemoryIdentity): number {
  const sql = "SELECT memory FROM memories WHERE tenant = ? AND encoder = ?";
  const known = store.row(sql, of.tenant, of.encoderVersion);
  if (known) return known[0] as number;
  changeNamed(store, "memories", "tenant = ? AND encoder = ?", [of.tenant, of.encoderVersion], () =>
    store.run(
      "INSERT INTO memories (tenant, encoder, dim) VALUES (?, ?, ?)",
      of.tenant,
      of.encoderVersion,
      of.dim,
    ),
  );
  return store.row(sql, of.tenant, of.encoderVersion)![0] as number;
}

/**
 * Writes patterns with their base forecasts, one transaction per 10,000. Refuses the whole batch before it writes any
 * of it when a stored pattern has another vector. A stored pattern only gains forecasts of horizons it had none for.
 */
export function writePatterns(store: Store, of: check.MemoryIdentity, batch: PatternBatch): WriteCounts {
  check.checkPatternBatch(of, batch);
  const stored = storedAnchors(store, of, batch);
  let written = 0;
  for (let from = 0; from < batch.anchors.length; from += CHUNK) {
    const to = Math.min(from + CHUNK, batch.anchors.length);
    written += store.write(() => writeChunk(store, of, batch, stored, from, to));
  }
  return { written, unchanged: batch.anchors.length - written };
}

/** Anchors of the batch that are stored already, each with the vector that the batch has. */
function storedAnchors(store: Store, of: check.MemoryIdentity, batch: PatternBatch): ReadonlySet<number> {
  const { anchors, vectors, revision, series } = batch;
  const found = new Set<number>();
  if (anchors.length === 0) return found;
  let next = 0;
  const sql = `SELECT anchor, vector, id FROM patterns JOIN memories USING (memory)
    WHERE tenant = ? AND encoder = ? AND series = ? AND anchor BETWEEN ? AND ? AND revision = ? ORDER BY anchor`;
  const number = findSeries(store, series) ?? -1;
  const range = [anchors[0]!, anchors[anchors.length - 1]!] as const;
  store.scan(sql, [of.tenant, of.encoderVersion, number, ...range, revision], ([anchor, vector, id]) => {
    while (anchors[next]! < (anchor as number)) next++;
    if (anchors[next] !== anchor) return;
    const mine = bytesOf(vectors.subarray(next * of.dim, (next + 1) * of.dim));
    if (Buffer.compare(mine, vector as Uint8Array) !== 0)
      check.refuseOtherVector(`patterns of ${seriesName(series)}`, uuidText(id as Uint8Array, 0));
    found.add(anchor as number);
  });
  return found;
}

function writeChunk(
  store: Store,
  of: check.MemoryIdentity,
  batch: PatternBatch,
  stored: ReadonlySet<number>,
  from: number,
  to: number,
): number {
  const { series, anchors, vectors, revision, lineage } = batch;
  const memory = obtainMemory(store, of);
  const number = obtainSeries(store, series);
  const lineageNumber = obtainLineage(store, lineage);
  const makeId = patternIds({ tenant: of.tenant, encoderVersion: of.encoderVersion, series, revision });
  const insert = store.statement("INSERT INTO patterns VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const id = new Uint8Array(16);
  const tally = new Tally();
  for (let i = from; i < to; i++) {
    const anchor = anchors[i]!;
    if (stored.has(anchor)) continue;
    const vector = vectors.subarray(i * of.dim, (i + 1) * of.dim);
    const atrNow = real(batch.atrNow[i]!);
    makeId(anchor, id, 0);
    const digest = patternDigest(anchor, revision, atrNow, lineageNumber, id, wordsOf(vector));
    insert.run(memory, number, anchor, revision, id, bytesOf(vector), atrNow, lineageNumber, digest);
    tally.add(digest);
  }
  addToTally(store, { kind: "patterns", memory, part: "", series: number }, tally);
  const forecasts = writeForecasts(store, memory, number, batch, from, to);
  if (tally.rows + forecasts > 0) note(store, memory, "put", null, number, anchors[from]!, anchors[to - 1]!);
  return tally.rows;
}

function writeForecasts(
  store: Store,
  memory: number,
  series: number,
  batch: PatternBatch,
  from: number,
  to: number,
): number {
  const insert = store.statement("INSERT OR IGNORE INTO forecasts VALUES (?, ?, ?, ?, ?, ?, ?)");
  const { anchors, revision } = batch;
  let written = 0;
  for (const [horizon, values] of Object.entries(batch.base)) {
    const tally = new Tally();
    for (let i = from; i < to; i++) {
      const base = real(values[i]!);
      if (base === null) continue;
      const digest = forecastDigest(anchors[i]!, revision, base);
      const { changes } = insert.run(memory, horizon, series, anchors[i]!, revision, base, digest);
      if (changes !== 0) tally.add(digest);
    }
    addToTally(store, { kind: "forecasts", memory, part: horizon, series }, tally);
    written += tally.rows;
  }
  return written;
}

function obtainLineage(store: Store, of: PatternBatch["lineage"]): number {
  const values = [of.dataHash, of.designHash, of.encoderVersion] as const;
  const where = "data_hash = ? AND design_hash = ? AND encoder = ?";
  const sql = `SELECT lineage FROM lineages WHERE ${where}`;
  const known = store.row(sql, ...values);
  if (known) return known[0] as number;
  changeNamed(store, "lineages", where, values, () =>
    store.run("INSERT INTO lineages (data_hash, design_hash, encoder) VALUES (?, ?, ?)", ...values),
  );
  return store.row(sql, ...values)![0] as number;
}

/** Tells other connections, and the search structures of this one, what was written. */
export function note(
  store: Store,
  memory: number,
  kind: "put" | "label" | "delete",
  horizon: string | null,
  series: number | null,
  first: number | null,
  last: number | null,
): void {
  const sql = "INSERT INTO changes (memory, kind, horizon, series, first, last) VALUES (?, ?, ?, ?, ?, ?)";
  store.run(sql, memory, kind, horizon, series, first, last);
}

const INSERT_CONTEXT = `INSERT INTO contexts (memory, horizon, ${CONTEXT_COLUMNS}, digest)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/**
 * Fills the contexts that matured, of the newest revision of each anchor, one transaction per 10,000. Refuses the
 * whole batch before it writes any of it when an anchor has no pattern or a filled context differs.
 */
export function writeContexts(store: Store, of: check.MemoryIdentity, batch: LabelBatch): WriteCounts {
  check.checkLabelBatch(batch);
  const { anchors, columns, series } = batch;
  const number = findSeries(store, series) ?? -1;
  const memory = (store.row(
    "SELECT memory FROM memories WHERE tenant = ? AND encoder = ?",
    of.tenant,
    of.encoderVersion,
  )?.[0] ?? -1) as number;
  const mature = [...anchors.keys()].filter((i) => check.isMature(columns, i));
  const place = `contexts ${columns.horizon} of ${seriesName(series)}`;
  if (mature.length === 0) return { written: 0, unchanged: 0 };
  const range = [anchors[mature[0]!]!, anchors[mature.at(-1)!]!] as const;
  const revisions = newestRevisions(store, memory, number, range);
  const filled = filledContexts(store, memory, columns.horizon, number, range);
  const due: { i: number; cells: (number | null)[] }[] = [];
  for (const i of mature) {
    const revision = revisions.get(anchors[i]!);
    if (revision === undefined) check.refuseUnknownAnchor(place, anchors[i]!);
    const cells = contextCells(number, anchors[i]!, revision, columns, i);
    const stored = filled.get(anchors[i]!);
    if (stored?.[2] === revision) refuseChange(place, stored, cells);
    else due.push({ i, cells });
  }
  for (let from = 0; from < due.length; from += CHUNK) {
    const chunk = due.slice(from, from + CHUNK);
    store.write(() => {
      const insert = store.statement(INSERT_CONTEXT);
      const tally = new Tally();
      for (const { cells } of chunk) {
        const digest = contextDigest(cells);
        insert.run(memory, columns.horizon, ...cells, digest);
        tally.add(digest);
      }
      addToTally(store, { kind: "contexts", memory, part: columns.horizon, series: number }, tally);
      note(store, memory, "label", columns.horizon, number, anchors[chunk[0]!.i]!, anchors[chunk.at(-1)!.i]!);
    });
  }
  return { written: due.length, unchanged: mature.length - due.length };
}

function newestRevisions(
  store: Store,
  memory: number,
  series: number,
  range: readonly [number, number],
): Map<number, number> {
  const sql = `SELECT anchor, revision FROM patterns
    WHERE memory = ? AND series = ? AND anchor BETWEEN ? AND ? ORDER BY anchor, revision`;
  const newest = new Map<number, number>();
  store.scan(sql, [memory, series, ...range], (row) => newest.set(row[0] as number, row[1] as number));
  return newest;
}

/** Filled context of the newest revision that has one, by anchor. */
function filledContexts(
  store: Store,
  memory: number,
  horizon: string,
  series: number,
  range: readonly [number, number],
): Map<number, Cell[]> {
  const sql = `SELECT ${CONTEXT_COLUMNS} FROM contexts
    WHERE memory = ? AND horizon = ? AND series = ? AND anchor BETWEEN ? AND ? ORDER BY anchor, revision`;
  const filled = new Map<number, Cell[]>();
  store.scan(sql, [memory, horizon, series, ...range], (row) => filled.set(row[1] as number, row));
  return filled;
}

function refuseChange(place: string, stored: readonly Cell[], cells: readonly (number | null)[]): void {
  const names = CONTEXT_COLUMNS.split(", ");
  for (let c = 3; c < cells.length; c++)
    if (stored[c] !== cells[c])
      check.refuseOtherContext(`${place} at ${stored[1]}`, names[c]!, stored[c], cells[c]);
}
