import { isKept } from "../math/even-thinning.ts";
import { sameEpisode } from "../memory/episode.ts";
import type { EpochMs } from "../time/units.ts";
import type { Ledger } from "./ledger.ts";
import type { Known } from "./many.ts";

/** About how many rows of a record are used at a time. */
export const MOST_ROWS = 2000;

/** The rows of a record that may be learned from at an instant. */
export interface Past {
  readonly ledger: Ledger;
  readonly rows: Int32Array; // ascending by anchor
}

/** The smallest power of two by which index `n` must be thinned so that at most MOST_ROWS are left. */
export function thinning(n: number): number {
  let step = 1;
  while (n / step > MOST_ROWS) step *= 2;
  return step;
}

/**
 * What had matured by `asOf`, evenly thinned: of all matured rows those whose index is kept at
 * `thinning(largest matured index)`. Depends on nothing that matured later, however far the record reaches.
 * @param apart rows whose own horizon meets this span are left out: they tell of the same time as the question
 */
export function pastOf(ledger: Ledger, asOf: EpochMs, apart?: Known["apart"]): Past {
  const { matureAt, moments } = ledger;
  const matured = new Int32Array(ledger.rows);
  let count = 0;
  let largest = 0;
  for (let r = 0; r < ledger.rows; r++) {
    if (!(matureAt[r]! <= asOf)) continue;
    matured[count++] = r;
    largest = Math.max(largest, moments.index[r]!);
  }
  const step = thinning(largest);
  const free = (r: number): boolean =>
    !apart || !sameEpisode(moments.anchor[r]!, matureAt[r]!, apart.from, apart.to);
  const rows = matured.subarray(0, count).filter((r) => isKept(moments.index[r]!, step) && free(r));
  return { ledger, rows };
}

/** `column` at those of the past's rows that pass `keep`. */
export function gather(past: Past, column: Float64Array, keep: (row: number) => boolean): Float64Array {
  const out = new Float64Array(past.rows.length);
  let count = 0;
  for (const row of past.rows) if (keep(row)) out[count++] = column[row]!;
  return out.subarray(0, count);
}
