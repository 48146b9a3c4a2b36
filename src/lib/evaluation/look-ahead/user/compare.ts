import type { EpochMs } from "../../../time/units.ts";

/** Values of one column, NaN where it says nothing, and when each was known. */
export interface Told {
  readonly values: Float64Array;
  readonly knownAt: Float64Array;
}

export interface Comparison {
  /** Defined values compared. */
  readonly compared: number;
  readonly differing: number;
  /** Rows of the last difference in both; −1 where there is none. Rather one where both say something. */
  readonly row: number;
  readonly otherRow: number;
  /** The largest difference in proportion to the larger value; Infinity where only one says something. */
  readonly relative: number;
}

/**
 * Compares what two runs say about rows known by `t`, bit for bit or within `rtol` of the larger value.
 * @param other null where it has no such column: it says nothing
 */
export function compareTold(whole: Told, other: Told | null, t: EpochMs, rtol: number): Comparison {
  const found = { compared: 0, differing: 0, row: -1, otherRow: -1, relative: 0 };
  let both = false;
  let j = -1;
  for (let i = 0; i < whole.values.length; i++) {
    if (!(whole.knownAt[i]! <= t)) continue;
    if (other) j = nextKnown(other.knownAt, j + 1, t);
    const a = whole.values[i]!;
    const b = other?.values[j] ?? NaN;
    if (!Number.isNaN(a)) found.compared++;
    if (Object.is(a, b)) continue;
    const relative = relativeDifference(a, b);
    if (relative <= rtol && rtol > 0) continue;
    found.differing++;
    found.relative = Math.max(found.relative, relative);
    const defined = !Number.isNaN(a) && !Number.isNaN(b);
    if (both && !defined) continue;
    both ||= defined;
    [found.row, found.otherRow] = [i, j];
  }
  return found;
}

/** Whether two runs on the same candles say the same, bit for bit. */
export function sameValues(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}

function nextKnown(knownAt: Float64Array, from: number, t: EpochMs): number {
  let at = from;
  while (at < knownAt.length && !(knownAt[at]! <= t)) at++;
  return at;
}

function relativeDifference(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Infinity;
  return a === b ? 0 : Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b));
}
