import { RhymeError } from "../errors.ts";
import type { GraphDesign } from "./graph-design.ts";

/** The times of one timeframe's rows; R rows, both columns ascending. */
export interface RowTimes {
  readonly openTime: Float64Array; // [R]
  readonly knownAt: Float64Array; // [R]
}

/** How the rows of two timeframes see each other. Rf finer rows, Rc coarser rows. */
export interface CrossLinks {
  /** Row of the newest coarser candle that comes before this finer one; -1 where there is none. */
  readonly down: Int32Array; // [Rf]
  /** First and last finer row inside each coarser candle; first > last where there is none. */
  readonly upFirst: Int32Array; // [Rc]
  readonly upLast: Int32Array; // [Rc]
}

/** Pairs [finer, coarser] of timeframes, as indices fine to coarse, between which edges run; by finer, then coarser. */
export function linkedPairs(
  timeframes: number,
  which: GraphDesign["crossPairs"],
): (readonly [fine: number, coarse: number])[] {
  const pairs: [number, number][] = [];
  for (let fine = 0; fine < timeframes; fine++) {
    const end = which === "all" ? timeframes : Math.min(fine + 2, timeframes);
    for (let coarse = fine + 1; coarse < end; coarse++) pairs.push([fine, coarse]);
  }
  return pairs;
}

/**
 * Neighbourhood across two timeframes, over whole columns. The encoder's live path finds the same links one row at a
 * time (encoder/gnn/gnn-stream.ts); tests hold stream and batch equal, bit for bit.
 *
 * Rows are ordered by `knownAt`, at equal times fine to coarse. So a coarser candle that closes together with a
 * finer one hears it (`up`) but reaches the finer ones only from the next row on (`down`).
 * - `down[i]`: the newest coarser row j with knownAt(j) < knownAt(i).
 * - `up`: row i is inside row j when knownAt(j − 1) < knownAt(i) ≤ knownAt(j) and openTime(i) ≥ openTime(j):
 *   a week that crosses a month is in neither month.
 *
 * @throws RhymeError "time" where a knownAt column descends: a late fact must be given the time at which its
 * bar would have been known (remember/views.ts) before rows can be ordered.
 */
export function crossLinks(fine: RowTimes, coarse: RowTimes): CrossLinks {
  assertAscending(fine.knownAt, "finer timeframe");
  assertAscending(coarse.knownAt, "coarser timeframe");
  const { upFirst, upLast } = insideRanges(fine, coarse);
  return { down: lastBefore(fine.knownAt, coarse.knownAt), upFirst, upLast };
}

/** @throws RhymeError "time" at the first row that was known before the row above it. */
export function assertAscending(knownAt: Float64Array, place: string): void {
  for (let i = 1; i < knownAt.length; i++) {
    if (knownAt[i]! >= knownAt[i - 1]!) continue;
    throw new RhymeError("time", {
      place: `${place}, row ${i}`,
      expected: `knownAt of at least ${knownAt[i - 1]!}, as in the row before`,
      received: String(knownAt[i]!),
      remedy: "Sort the rows, and set the knownAt of late facts back to their bar's close plus lag.",
    });
  }
}

function lastBefore(fine: Float64Array, coarse: Float64Array): Int32Array {
  const down = new Int32Array(fine.length);
  let j = -1;
  for (let i = 0; i < fine.length; i++) {
    while (j + 1 < coarse.length && coarse[j + 1]! < fine[i]!) j++;
    down[i] = j;
  }
  return down;
}

function insideRanges(fine: RowTimes, coarse: RowTimes): { upFirst: Int32Array; upLast: Int32Array } {
  const rows = coarse.knownAt.length;
  const upFirst = new Int32Array(rows);
  const upLast = new Int32Array(rows);
  let end = 0; // finer rows known by the coarser row j
  for (let j = 0; j < rows; j++) {
    let first = end;
    while (end < fine.knownAt.length && fine.knownAt[end]! <= coarse.knownAt[j]!) end++;
    while (first < end && fine.openTime[first]! < coarse.openTime[j]!) first++;
    upFirst[j] = first;
    upLast[j] = end - 1;
  }
  return { upFirst, upLast };
}
