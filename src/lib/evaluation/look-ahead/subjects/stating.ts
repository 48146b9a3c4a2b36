import { firmKnownAt } from "../../../candles/firm-known-at.ts";
import { rowsOf, type CandlesByTimeframe, type CandleSeries } from "../../../candles/candle-series.ts";
import { RhymeError } from "../../../errors.ts";
import { Digest } from "../../../math/digest.ts";
import { parseTimeframe, type Timeframe } from "../../../time/timeframe.ts";
import type { Horizon } from "../../../time/horizon.ts";
import type { EpochMs } from "../../../time/units.ts";
import type { History } from "../history.ts";
import type { StatedColumn } from "../stated.ts";
import type { Setting } from "../subject.ts";
import { wordsOf } from "../world-digest.ts";

// What subjects share: whom they ask, when, and how an answer of any shape becomes numbers that compare.

/** Instants at which even what costs little is cut in a long history; a short one has fewer closes of higher bars. */
export const MANY = 40;

/** The finest of the candles, from which the others are resampled. */
export function baseOf(candles: CandlesByTimeframe, { timeframes }: Setting): CandleSeries {
  return candles[timeframes[0]!]!;
}

/** Rows of the longest series of a history. */
export function longest({ facts }: History): number {
  return Math.max(0, ...facts.map(rowsOf));
}

/** For `suits`: whether a history has at least so many rows. */
export function atLeast(rows: number): (history: History) => boolean {
  return (history) => longest(history) >= rows;
}

/** For `suits`: whether the longest series of a history has so many rows. */
export function between(fewest: number, most: number): (history: History) => boolean {
  return (history) => longest(history) >= fewest && longest(history) <= most;
}

/** Horizons of a few bars of a timeframe. */
export function barsAhead(timeframe: Timeframe, bars: number): Horizon {
  const { count, unit } = parseTimeframe(timeframe);
  return `${bars * count}${unit}`;
}

/** Every n-th of ascending instants: whether one is among them depends on no later one. */
export function everyNth(instants: Float64Array, n: number): Float64Array {
  return instants.filter((_, i) => i % n === n - 1);
}

/** When every n-th row was known, and all before it. */
export function askedAt(series: CandleSeries, n: number): Float64Array {
  return everyNth(firmKnownAt(series), n);
}

/**
 * What is said when it is asked for: W numbers per instant, about that instant and known at it.
 * @param asked ascending [S]
 */
export function statedWhenAsked(
  name: string,
  asked: Float64Array,
  answer: (at: EpochMs, i: number) => number | readonly number[],
): StatedColumn {
  const values = Array.from(asked, (at, i) => answer(at, i)).flat();
  return { name, key: asked, knownAt: asked, values: Float64Array.from(values) };
}

type Columnar = StatedColumn["values"] | Int32Array;

/** Anything of a fixed make-up as one number: equal where all of it is, to the last bit. */
export function digestOfAll(...parts: readonly (Columnar | string | number)[]): number {
  const digest = new Digest().reset();
  for (const part of parts) {
    if (typeof part === "number") digest.add(wordsOf(Float64Array.of(part)));
    else digest.add(typeof part === "string" ? wordsOfText(part) : wordsOf(part));
    digest.add(Uint32Array.of(0xffffffff)); // parts do not run into each other
  }
  return digest.value();
}

/** UTF-8, filled up with zeros to whole words. */
function wordsOfText(text: string): Uint32Array {
  const words = new Uint32Array(Math.ceil((3 * text.length) / 4));
  const { written } = new TextEncoder().encodeInto(text, new Uint8Array(words.buffer));
  return words.subarray(0, Math.ceil(written / 4));
}

/** A series as one number. */
export function digestOfSeries(series: CandleSeries): number {
  const { openTime, closeTime, knownAt, open, high, low, close, volume, partial } = series;
  const { trades = "none", vwap = "none", spread = "none" } = series;
  return digestOfAll(
    ...[openTime, closeTime, knownAt, open, high, low, close, volume, partial, trades, vwap, spread],
  );
}

/** Rows of several timeframes as one list, S of them. */
export interface RowOrder {
  readonly of: Uint8Array; // [S] which of the timeframes given
  readonly row: Int32Array; // [S]
  readonly key: Float64Array; // [S] when the row's bar opens
  readonly knownAt: Float64Array; // [S]
}

/** By opening, then by when they were known, at equal times in the order of the timeframes: a row's place among those
 * known by an instant depends on no later row. */
export function rowsInOrder(timeframes: readonly Pick<CandleSeries, "openTime" | "knownAt">[]): RowOrder {
  const all = timeframes.flatMap(({ openTime, knownAt }, of) =>
    Array.from(openTime, (key, row) => ({ of, row, key, knownAt: knownAt[row]! })),
  );
  all.sort((a, b) => a.key - b.key || a.knownAt - b.knownAt || a.of - b.of);
  return {
    of: Uint8Array.from(all, ({ of }) => of),
    row: Int32Array.from(all, ({ row }) => row),
    key: Float64Array.from(all, ({ key }) => key),
    knownAt: Float64Array.from(all, ({ knownAt }) => knownAt),
  };
}

/** What is made, or `otherwise` where the candles known by then are refused as too few. */
export function unlessTooLittle<T>(otherwise: T, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof RhymeError && error.kind === "input") return otherwise;
    throw error;
  }
}

/** Data of any shape as one number; unlike JSON it tells NaN from null. */
export function digestOfData(data: unknown): number {
  const plain = (_: string, value: unknown): unknown => {
    if (typeof value === "number" && !Number.isFinite(value)) return `number ${value}`;
    return ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value;
  };
  return digestOfAll(JSON.stringify(data, plain) ?? "undefined");
}
