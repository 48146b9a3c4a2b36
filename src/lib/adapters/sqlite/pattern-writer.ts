import type { PatternBatch } from "../../memory/memory.ts";
import * as check from "../../memory/checks.ts";
import { seriesName } from "../../memory/names.ts";
import { patternIds, uuidText } from "../../memory/pattern-id.ts";
import { bytesOf, floats, forecastDigest, patternDigest, real, wordsOf } from "./pattern-rows.ts";
import { changeNamed } from "./named-rows.ts";
import { findSeries, obtainSeries } from "./series-table.ts";
import type { Store } from "./store.ts";
import { addToTally, Tally } from "./tally.ts";

/** Rows per transaction: what a crash can cost, and how long another commit of this process has to wait. */
export const CHUNK = 10_000;

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
    const mine = vectors.subarray(next * of.dim, (next + 1) * of.dim);
    if (!sameVector(mine, vector as Uint8Array))
      check.refuseOtherVector(`patterns of ${seriesName(series)}`, uuidText(id as Uint8Array, 0));
    found.add(anchor as number);
  });
  return found;
}

/** −0 is 0, as in a memory in RAM. */
function sameVector(mine: Float32Array, stored: Uint8Array): boolean {
  if (Buffer.compare(bytesOf(mine), stored) === 0) return true;
  const values = floats(stored);
  return values.length === mine.length && mine.every((value, d) => value === values[d]);
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
