import type { FeatureTable } from "../../features/feature.ts";

/** Anchors of a history. A anchors. */
export interface Anchors {
  readonly rows: Int32Array; // [A] row of the base table
  /** Rows of each timeframe (fine to coarse) that were known at each anchor. */
  readonly counts: readonly Int32Array[]; // T × [A]
}

/**
 * Which base rows have an embedding: those at which every timeframe has at least `first` + 1 known rows, so that
 * the newest row of each is past its features' warm-up. Of base rows known at one instant only the last is an
 * anchor. Depends on what was known by the anchor and on nothing else.
 */
export function findAnchors(columns: readonly FeatureTable[], first: number): Anchors {
  const base = columns[0]!.knownAt;
  const all = columns.map((table) => knownRows(table.knownAt, base));
  const isAnchor = (row: number): boolean =>
    all[0]![row] === row + 1 && all.every((counts) => counts[row]! > first);
  const rows = Int32Array.from(base.keys()).filter(isAnchor);
  return { rows, counts: all.map((counts) => rows.map((row) => counts[row]!)) };
}

/** How many entries of ascending `knownAt` are at most each of ascending `instants`. */
export function knownRows(knownAt: Float64Array, instants: Float64Array): Int32Array {
  let known = 0;
  return Int32Array.from(instants, (instant) => {
    while (known < knownAt.length && knownAt[known]! <= instant) known++;
    return known;
  });
}
