import { RhymeError } from "../errors.ts";
import { LABELS, MATURE } from "../context/context.ts";
import type { Among, CountQuery, LabelBatch, MaturedQuery, PatternBatch, Pool, Query } from "./memory.ts";
import { checkSeriesKey, seriesName } from "./names.ts";
import { iso, type EpochMs } from "../time/units.ts";

/** Whose patterns, and of which size: what every batch and every query is held against. */
export interface MemoryIdentity {
  readonly tenant: string;
  readonly encoderVersion: string;
  readonly dim: number;
}

const HORIZON = /^[0-9A-Za-z]{1,16}$/;

function usage(place: string, expected: string, value: unknown, remedy: string): never {
  const received = typeof value === "string" ? JSON.stringify(value) : String(value);
  throw new RhymeError("usage", { place, expected, received, remedy });
}

function input(place: string, expected: string, received: unknown): never {
  const remedy = "Hand over columns of equal length that hold what their docstrings say.";
  throw new RhymeError("input", { place, expected, received: String(received), remedy });
}

export function checkHorizon(horizon: string): void {
  if (typeof horizon !== "string" || !HORIZON.test(horizon))
    usage("query.horizon", "a horizon such as 4h or 21d", horizon, "Name the horizon: there is no default.");
}

export function checkAsOf(asOf: number): void {
  if (typeof asOf !== "number" || !Number.isFinite(asOf)) {
    const remedy =
      "Say when the question is asked: only what was known by then is seen, there is no default.";
    usage("query.asOf", "an instant in epoch milliseconds", asOf, remedy);
  }
}

/**
 * The instant by which a single pattern or candle is asked about; Infinity says "by now".
 * @throws RhymeError "usage" for anything else, also where it was left out
 */
export function checkKnownBy(place: string, asOf: number): void {
  if (typeof asOf === "number" && !Number.isNaN(asOf)) return;
  const remedy = "Say by when it should have been known, or Infinity for all that is known by now.";
  usage(`${place}.asOf`, "an instant in epoch milliseconds or Infinity", asOf, remedy);
}

/** @throws RhymeError "usage" */
function checkPool({ maturedBy, apart }: Pool): void {
  if (maturedBy !== undefined && (typeof maturedBy !== "number" || Number.isNaN(maturedBy)))
    usage("query.maturedBy", "an instant in epoch milliseconds", maturedBy, "Give one, or leave it out.");
  if (apart !== undefined && !(apart?.from < apart?.to))
    usage(
      "query.apart",
      "{ from, to } with from < to",
      JSON.stringify(apart),
      "Give both ends, or leave it out.",
    );
}

export function checkCount(place: string, count: number): void {
  if (!Number.isSafeInteger(count) || count < 1)
    usage(place, "an integer of at least 1", count, "Ask for one or more.");
}

export function checkAmong(among: Among, timeframe: string): void {
  const listed = typeof among === "object" && among !== null && Array.isArray(among.symbols);
  if (among !== "all" && !listed)
    usage("query.among", '"all" or { symbols: [...] }', among, "Say whose memories are searched.");
  if (typeof timeframe !== "string" || timeframe === "")
    usage("query.timeframe", "a base timeframe such as 5m", timeframe, "Name the patterns' base timeframe.");
}

/**
 * Refuses a query that could see the future by omission or that compares what cannot be compared.
 * @throws RhymeError "usage" or "mismatch", also for callers without types
 */
export function checkQuery(of: MemoryIdentity, query: Omit<Query, "distinctEpisodes">): void {
  if (typeof query !== "object" || query === null)
    usage("query", "an object with vector, asOf and horizon", query, "Pass one.");
  checkAsOf(query.asOf);
  checkHorizon(query.horizon);
  checkCount("query.k", query.k);
  checkAmong(query.among, query.timeframe);
  checkPool(query);
  checkVectors(of, query.vector, 1);
}

function checkVectors(of: MemoryIdentity, vectors: Float32Array, count: number): void {
  if (!(vectors instanceof Float32Array))
    usage("embedding", "a Float32Array", typeof vectors, "Pass what the encoder returned.");
  const size = count === 0 ? of.dim : vectors.length / count;
  if (size !== of.dim)
    throw new RhymeError("mismatch", {
      place: `memory of encoder ${of.encoderVersion}`,
      expected: `embeddings of ${of.dim} values`,
      received: `${size}`,
      remedy: `The embedding has ${size} values, index expects ${of.dim}: use the encoder this memory belongs to.`,
    });
  for (let p = 0; p < count; p++) {
    let squares = 0;
    for (let d = p * of.dim; d < (p + 1) * of.dim; d++) squares += vectors[d]! * vectors[d]!;
    if (!(squares > 0 && squares < Infinity))
      input(`embedding ${p}`, "finite values, not all zero", `a squared length of ${squares}`);
  }
}

function checkAnchors(place: string, anchors: Float64Array): void {
  for (let i = 0; i < anchors.length; i++) {
    if (!Number.isSafeInteger(anchors[i]!)) input(place, "anchors in whole milliseconds", anchors[i]);
    if (i > 0 && anchors[i]! <= anchors[i - 1]!)
      input(place, "anchors ascending, each once", `${anchors[i]} after ${anchors[i - 1]}`);
  }
}

function checkColumn(place: string, column: ArrayLike<number>, length: number): void {
  if (column.length !== length) input(place, `${length} values`, column.length);
  for (let i = 0; i < length; i++)
    if (Math.abs(column[i]!) === Infinity) input(place, "finite values or NaN", `${column[i]} at ${i}`);
}

/** @throws RhymeError: the columns of a batch must be whole before any of it is written */
export function checkPatternBatch(of: MemoryIdentity, batch: PatternBatch): void {
  checkSeriesKey(batch.series);
  const place = `patterns of ${seriesName(batch.series)}`;
  const count = batch.anchors.length;
  checkAnchors(place, batch.anchors);
  checkVectors(of, batch.vectors, count);
  checkColumn(`${place}, atrNow`, batch.atrNow, count);
  for (const [horizon, base] of Object.entries(batch.base)) {
    checkHorizon(horizon);
    checkColumn(`${place}, base ${horizon}`, base, count);
  }
  if (batch.revision !== 0)
    input(
      place,
      "revision 0, for a moment as revised later would answer before it was known",
      batch.revision,
    );
  const { encoderVersion } = batch.lineage;
  if (encoderVersion !== of.encoderVersion)
    throw new RhymeError("mismatch", {
      place,
      expected: `patterns of encoder ${of.encoderVersion}`,
      received: `lineage of encoder ${encoderVersion}`,
      remedy: "Open the memory of that encoder version; two versions never share one memory.",
    });
}

/** @throws RhymeError: see `checkPatternBatch` */
export function checkLabelBatch(batch: LabelBatch): void {
  checkSeriesKey(batch.series);
  const { anchors, columns } = batch;
  checkHorizon(columns.horizon);
  const place = `contexts ${columns.horizon} of ${seriesName(batch.series)}`;
  checkAnchors(place, anchors);
  const count = anchors.length;
  checkColumn(`${place}, state`, columns.state, count);
  checkColumn(`${place}, crossesClose`, columns.crossesClose, count);
  checkColumn(`${place}, matureAt`, columns.matureAt, count);
  for (const label of LABELS) checkColumn(`${place}, ${label}`, columns.values[label], count);
  for (let i = 0; i < count; i++) {
    const matureAt = columns.matureAt[i]!;
    if (columns.state[i] === MATURE && !(Number.isSafeInteger(matureAt) && matureAt > anchors[i]!))
      input(place, `matureAt after the anchor ${anchors[i]}`, matureAt);
  }
}

/** Whether row `i` of label columns holds a context that has matured. */
export function isMature(columns: LabelBatch["columns"], i: number): boolean {
  return columns.state[i] === MATURE;
}

export function refuseOtherVector(place: string, id: string): never {
  throw new RhymeError("mismatch", {
    place,
    expected: `the embedding that is stored as pattern ${id}`,
    received: "another embedding",
    remedy:
      "A pattern is what was known at its anchor and is never recomputed: store a new revision or encoder version.",
  });
}

export function refuseOtherContext(place: string, field: string, stored: unknown, received: unknown): never {
  throw new RhymeError("mismatch", {
    place,
    expected: `${field} ${stored}, as stored`,
    received: String(received),
    remedy:
      "Of one instant there is one outcome: what a correction changes is known later, from when it arrived.",
  });
}

export function refuseEarlierContext(place: string, stored: EpochMs, received: EpochMs): never {
  throw new RhymeError("mismatch", {
    place,
    expected: `an outcome known after ${iso(stored)}, or one that is stored`,
    received: `another one, known at ${iso(received)}`,
    remedy:
      "What was known in the past is told: label from all candles, in the order in which they became known.",
  });
}

export function refuseUnknownAnchor(place: string, anchor: number): never {
  throw new RhymeError("input", {
    place,
    expected: "an anchor that has a pattern",
    received: iso(anchor),
    remedy: "Put the patterns first, then label them.",
  });
}

/** @throws RhymeError "usage" */
export function checkMatured(of: MaturedQuery): void {
  checkSeriesKey(of.series);
  checkAsOf(of.asOf);
  checkHorizon(of.horizon);
  checkCount("matured.limit", of.limit);
  checkPool(of);
}

/** @throws RhymeError "usage" */
export function checkCountMatured(of: CountQuery): void {
  checkAsOf(of.asOf);
  checkHorizon(of.horizon);
  checkAmong(of.among, of.timeframe);
  checkPool(of);
}
