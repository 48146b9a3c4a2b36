import { eachBlock } from "./blocks.ts";
import type { CandleSeries } from "./candle-series.ts";

// Columns of M bars, each from its rows [from[m], to[m]): one short loop per column, in the order of the rows

/** The value at each index, or so many before or behind it. [M] */
export function valuesAt(values: Float64Array, at: Int32Array, offset = 0): Float64Array {
  const found = new Float64Array(at.length);
  eachBlock(at.length, (first, end) => {
    for (let m = first; m < end; m++) found[m] = values[at[m]! + offset]!;
  });
  return found;
}

export function highestOf(values: Float64Array, from: Int32Array, to: Int32Array): Float64Array {
  const found = new Float64Array(from.length);
  eachBlock(from.length, (first, last) => {
    for (let m = first; m < last; m++) {
      const end = to[m]!;
      let highest = values[from[m]!]!;
      for (let i = from[m]! + 1; i < end; i++) if (values[i]! > highest) highest = values[i]!;
      found[m] = highest;
    }
  });
  return found;
}

export function lowestOf(values: Float64Array, from: Int32Array, to: Int32Array): Float64Array {
  const found = new Float64Array(from.length);
  eachBlock(from.length, (first, last) => {
    for (let m = first; m < last; m++) {
      const end = to[m]!;
      let lowest = values[from[m]!]!;
      for (let i = from[m]! + 1; i < end; i++) if (values[i]! < lowest) lowest = values[i]!;
      found[m] = lowest;
    }
  });
  return found;
}

/** Sums in the order of the rows, so that they do not depend on how a bar is reached. */
export function sumOf(values: Float64Array, from: Int32Array, to: Int32Array): Float64Array {
  const sums = new Float64Array(from.length);
  eachBlock(from.length, (first, last) => {
    for (let m = first; m < last; m++) {
      const end = to[m]!;
      let sum = 0;
      for (let i = from[m]!; i < end; i++) sum += values[i]!;
      sums[m] = sum;
    }
  });
  return sums;
}

/** VWAP weighted by volume. Without volume nothing weighs the prices; the last one stands for the bar. */
export function vwapOf(
  vwap: Float64Array,
  volume: Float64Array,
  traded: Float64Array,
  from: Int32Array,
  to: Int32Array,
): Float64Array {
  const found = new Float64Array(from.length);
  for (let m = 0; m < from.length; m++) {
    const end = to[m]!;
    let turnover = 0;
    for (let i = from[m]!; i < end; i++) turnover += vwap[i]! * volume[i]!;
    found[m] = traded[m]! > 0 ? turnover / traded[m]! : vwap[end - 1]!;
  }
  return found;
}

/**
 * When all rows of each bar were known, and that it is over.
 * @param proof the row that proves it, the last one inside or the next [M]
 * @param evidence when each row or a later one became known; `knownAt` itself where rows became known in order [N]
 */
export function knownOf(
  { knownAt }: CandleSeries,
  from: Int32Array,
  to: Int32Array,
  proof: Int32Array,
  evidence: Float64Array,
): Float64Array {
  const over = valuesAt(evidence, proof);
  if (evidence === knownAt) return over; // no row inside was known later
  const known = highestOf(knownAt, from, to);
  for (let m = 0; m < known.length; m++) if (over[m]! > known[m]!) known[m] = over[m]!;
  return known;
}

/**
 * 1 where a bar has fewer rows than expected, or one that is partial itself.
 * @param bar its place in the grid [M]
 * @param expected rows of each bar of the grid [G]
 */
export function partialOf(
  { partial }: CandleSeries,
  from: Int32Array,
  to: Int32Array,
  bar: Int32Array,
  expected: Int32Array,
): Uint8Array {
  const found = new Uint8Array(from.length);
  eachBlock(found.length, (first, end) => {
    for (let m = first; m < end; m++) if (to[m]! - from[m]! < expected[bar[m]!]!) found[m] = 1;
  });
  if (!partial.includes(1)) return found;
  for (let m = 0; m < found.length; m++) if (partial.subarray(from[m], to[m]).includes(1)) found[m] = 1;
  return found;
}
