import type { DurationMs, EpochMs } from "../../time/units.ts";

/** R samples in any order: each decided at `start` on what was known then, its outcome known at `end` (NaN: never). */
export interface Samples {
  readonly start: Float64Array; // [R]
  readonly end: Float64Array; // [R]
}

/** A stretch [from, to) of decisions that is tested at once. */
export interface TestBlock {
  readonly name: string;
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** Sample numbers, each ascending. */
export interface Fold extends TestBlock {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/**
 * Expanding walk-forward: one fold per block, trained on what lies before it (López de Prado, Advances in Financial
 * Machine Learning, chapter 7).
 *
 * Purge: a sample trains only where its outcome was known by the block's begin, so its span (start, end] meets that of
 * no test sample; for an outcome after H bars that is a purge of H bars. Embargo: what was decided within `embargoMs`
 * after the end of an earlier block trains no later fold either. A sample whose outcome is never known is in no fold.
 * @param blocks ascending, without overlap
 */
export function walkForwardSplit(
  { start, end }: Samples,
  blocks: readonly TestBlock[],
  { embargoMs = 0 }: { readonly embargoMs?: DurationMs } = {},
): readonly Fold[] {
  const rows = Int32Array.from(start, (_, i) => i).filter((i) => !Number.isNaN(start[i]! + end[i]!));
  return blocks.map((block, b) => {
    const ends = blocks.slice(0, b).map((earlier) => earlier.to);
    const embargoed = (t: EpochMs): boolean => ends.some((to) => t >= to && t < to + embargoMs);
    return {
      ...block,
      train: rows.filter((i) => start[i]! < block.from && end[i]! <= block.from && !embargoed(start[i]!)),
      test: rows.filter((i) => start[i]! >= block.from && start[i]! < block.to),
    };
  });
}

/** Calendar years in UTC, both included, each one block. */
export function calendarYears(first: number, last: number): readonly TestBlock[] {
  const years = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  return years.map((y) => ({ name: String(y), from: Date.UTC(y, 0, 1), to: Date.UTC(y + 1, 0, 1) }));
}
