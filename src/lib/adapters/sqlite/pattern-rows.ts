import { LABELS, type ContextColumns } from "../../context/context.ts";
import { Digest } from "../../math/digest.ts";
import { LABEL_COLUMNS } from "./schema.ts";
import type { Cell } from "./store.ts";

// Rows of patterns, forecasts and contexts, and the digests that vouch for them.

export const PATTERN_COLUMNS = "series, anchor, revision, id, vector, atr_now, lineage";
export const CONTEXT_COLUMNS = `series, anchor, revision, mature_at, crosses_close, ${LABEL_COLUMNS}`;
const FIRST_LABEL = 5;

/** NULL for NaN, never −0. */
export function real(value: number): number | null {
  return Number.isNaN(value) ? null : value + 0;
}

const numbers = new Float64Array(4 + LABELS.length);
const words = new Uint32Array(numbers.buffer);
const bytes = new Uint8Array(numbers.buffer);
const digest = new Digest();

/** Digest of a pattern's row: when, which revision, its unit, its lineage, its id and its vector's bytes. */
export function patternDigest(
  anchor: number,
  revision: number,
  atrNow: number | null,
  lineage: number,
  id: Uint8Array,
  vector: Uint32Array,
): number {
  numbers[0] = anchor;
  numbers[1] = revision;
  numbers[2] = atrNow ?? Number.MAX_VALUE;
  numbers[3] = lineage;
  bytes.set(id, 32);
  return digest.reset().add(words, 0, 12).add(vector).value();
}

export function forecastDigest(anchor: number, revision: number, base: number): number {
  numbers[0] = anchor;
  numbers[1] = revision;
  numbers[2] = base;
  return digest.reset().add(words, 0, 6).value();
}

/** `cells`: a row of CONTEXT_COLUMNS. */
export function contextDigest(cells: readonly Cell[]): number {
  for (let i = 0; i < numbers.length; i++) numbers[i] = (cells[i + 1] as number | null) ?? Number.MAX_VALUE;
  return digest.reset().add(words).value();
}

/** Row `i` of label columns as a row of CONTEXT_COLUMNS. */
export function contextCells(
  series: number,
  anchor: number,
  revision: number,
  columns: ContextColumns,
  i: number,
): (number | null)[] {
  const cells: (number | null)[] = [series, anchor, revision, columns.matureAt[i]!, columns.crossesClose[i]!];
  for (const label of LABELS) cells.push(real(columns.values[label][i]!));
  return cells;
}

/** One-row label columns to read stored rows into, over and over. */
export function contextScratch(horizon: string): {
  columns: ContextColumns;
  load: (cells: readonly Cell[]) => void;
} {
  const values = Object.fromEntries(
    LABELS.map((label) => [label, new Float64Array(1)]),
  ) as ContextColumns["values"];
  const columns: ContextColumns = {
    ...{ horizon, values, state: Uint8Array.of(1), atrNow: new Float64Array(1) },
    ...{ matureAt: new Float64Array(1), crossesClose: new Uint8Array(1) },
  };
  return {
    columns,
    load: (cells) => {
      columns.matureAt[0] = cells[3] as number;
      columns.crossesClose[0] = cells[4] as number;
      LABELS.forEach((label, i) => (values[label][0] = (cells[FIRST_LABEL + i] as number | null) ?? NaN));
    },
  };
}

/** A stored pattern's id, or one of no bytes where damage left no such thing. */
export function idOf(cell: Cell): Uint8Array {
  return cell instanceof Uint8Array && cell.length === 16 ? cell : new Uint8Array(0);
}

/** The floats of a stored vector; none where damage left no bytes. */
export function floats(blob: Cell): Float32Array {
  if (!(blob instanceof Uint8Array)) return new Float32Array(0);
  const aligned = blob.byteOffset % 4 === 0 ? blob : blob.slice();
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >>> 2);
}

/** The 32-bit words of a vector. */
export function wordsOf(vector: Float32Array): Uint32Array {
  return new Uint32Array(vector.buffer, vector.byteOffset, vector.length);
}

export function bytesOf(vector: Float32Array): Uint8Array {
  return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
}
