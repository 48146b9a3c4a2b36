import type { EpochMs } from "../../time/units.ts";

// S statements, W values each

/** A column of statements: what a function says, about what, and from when on. */
export interface StatedColumn {
  readonly name: string;
  /** What each statement is about: the openTime of a bar, the anchor of a moment. [S] */
  readonly key: Float64Array;
  /** When each was known: nobody may learn it before. NaN: not known yet, and not compared. [S] */
  readonly knownAt: Float64Array;
  /** Values of statement i at [i·W, (i + 1)·W). [S, W] */
  readonly values: Float64Array | Float32Array | Int32Array | Uint32Array | Uint8Array;
}

/** Everything that a function says. */
export type Stated = readonly StatedColumn[];

/** Where two runs of one function say different things about what was known by an instant. */
export interface Difference {
  readonly column: string;
  readonly key: number;
  readonly knownAt: EpochMs;
  /** Values of the statement; null where it is not made at all. */
  readonly expected: readonly number[] | null;
  readonly received: readonly number[] | null;
}

/** How far two values may differ; only for what is not computed in one order of additions. */
export interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
  readonly why: string;
}

/** Number of values per statement. @throws TypeError where they do not come out even */
export function widthOf({ name, key, knownAt, values }: StatedColumn): number {
  const width = key.length === 0 ? 0 : values.length / key.length;
  if (knownAt.length === key.length && Number.isInteger(width)) return width;
  throw new TypeError(
    `column ${name}: ${key.length} keys, ${knownAt.length} instants and ${values.length} values do not belong together`,
  );
}

/**
 * The first difference between what two runs say about what was known by `t`, or null: the same columns with the same
 * statements, in the same order, with equal values; NaN equals NaN, 0 is not −0. A column that only `received` has is
 * no difference while it states nothing that was known by `t`. `count` hears how many defined values were compared.
 */
export function firstDifference(
  expected: Stated,
  received: Stated,
  t: EpochMs,
  tolerance: Tolerance | null,
  count?: (column: string, values: number) => void,
): Difference | null {
  for (const [c, column] of expected.entries()) {
    const other = received[c];
    if (!other || other.name !== column.name)
      return { column: column.name, key: NaN, knownAt: t, expected: [], received: null };
    const found = differenceIn(column, other, t, tolerance, count);
    if (found) return found;
  }
  for (const column of received.slice(expected.length)) {
    const row = nextKnown(column, 0, t);
    if (row < column.key.length) return difference(null, 0, column, row);
  }
  return null;
}

function differenceIn(
  a: StatedColumn,
  b: StatedColumn,
  t: EpochMs,
  tolerance: Tolerance | null,
  count?: (column: string, values: number) => void,
): Difference | null {
  const [width, widthB] = [widthOf(a), widthOf(b)];
  let defined = 0;
  let [i, j] = [nextKnown(a, 0, t), nextKnown(b, 0, t)];
  for (; i < a.key.length && j < b.key.length; i = nextKnown(a, i + 1, t), j = nextKnown(b, j + 1, t)) {
    const order = a.key[i]! - b.key[j]! || a.knownAt[i]! - b.knownAt[j]!;
    if (order < 0) return difference(a, i, null, 0);
    if (order > 0) return difference(null, 0, b, j);
    if (width !== widthB) return difference(a, i, b, j);
    for (let w = 0; w < width; w++) {
      const x = a.values[i * width + w]!;
      if (!equal(x, b.values[j * width + w]!, tolerance)) return difference(a, i, b, j);
      if (!Number.isNaN(x)) defined++;
    }
  }
  if (i < a.key.length) return difference(a, i, null, 0);
  if (j < b.key.length) return difference(null, 0, b, j);
  count?.(a.name, defined);
  return null;
}

/** The first statement from `from` on that was known by `t`. */
function nextKnown({ knownAt }: StatedColumn, from: number, t: EpochMs): number {
  let at = from;
  while (at < knownAt.length && !(knownAt[at]! <= t)) at++;
  return at;
}

function difference(a: StatedColumn | null, i: number, b: StatedColumn | null, j: number): Difference {
  const [of, row] = a ? [a, i] : [b!, j];
  const received = b ? valuesAt(b, j) : null;
  return {
    column: of.name,
    key: of.key[row]!,
    knownAt: of.knownAt[row]!,
    expected: a ? valuesAt(a, i) : null,
    received,
  };
}

function valuesAt(column: StatedColumn, row: number): number[] {
  const width = widthOf(column);
  return Array.from(column.values.subarray(row * width, (row + 1) * width));
}

function equal(x: number, y: number, tolerance: Tolerance | null): boolean {
  if (Object.is(x, y)) return true;
  return tolerance !== null && Math.abs(x - y) <= tolerance.atol + tolerance.rtol * Math.abs(x);
}

/** The newest statement known by `t` in each column; for what a person looks at. */
export function statedAt(stated: Stated, column: string, key: number, t: EpochMs): readonly number[] | null {
  const found = stated.find(({ name }) => name === column);
  if (!found) return null;
  const row = found.key.findLastIndex((k, i) => k === key && found.knownAt[i]! <= t);
  return row < 0 ? null : valuesAt(found, row);
}
