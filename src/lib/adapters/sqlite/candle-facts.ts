import type { CandleSeries } from "../../candles/candle-series.ts";
import { RhymeError } from "../../errors.ts";
import { seriesName } from "../../memory/names.ts";
import { Digest } from "../../math/digest.ts";
import type { Cell } from "./store.ts";

/** open, high, low, close, volume, trades, vwap, spread, partial */
export const CANDLE_VALUES = 9;
const FIRST_VALUE = 3; // in a stored fact: behind open_time, close_time, known_at
const TRADES = 5;
const VWAP = 6;
const SPREAD = 7;

/** The values of a row as they are stored: NULL where there is none, never −0. */
export function valuesAt(series: CandleSeries, row: number, out: (number | null)[]): void {
  const { open, high, low, close, volume, trades, vwap, spread, partial } = series;
  out[0] = open[row]! + 0;
  out[1] = high[row]! + 0;
  out[2] = low[row]! + 0;
  out[3] = close[row]! + 0;
  out[4] = volume[row]! + 0;
  out[TRADES] = orNull(trades?.[row]);
  out[VWAP] = orNull(vwap?.[row]);
  out[SPREAD] = orNull(spread?.[row]);
  out[8] = partial[row]!;
}

/**
 * Refuses what no CandleSeries holds, for callers without types.
 * @throws RhymeError "input" naming the row
 */
export function checkCandle(
  series: CandleSeries,
  row: number,
  head: readonly number[],
  values: readonly (number | null)[],
): void {
  const whole = head.every(Number.isSafeInteger) && values.slice(0, TRADES).every(Number.isFinite);
  if (whole) return;
  throw new RhymeError("input", {
    place: `candles of ${seriesName(series)}, row ${row}`,
    expected: "times in whole milliseconds and finite prices and volume",
    received: [...head.slice(0, 3), ...values.slice(0, TRADES)].join(", "),
    remedy: "Build the series with makeSeries, or read the file with `rhyme check` first.",
  });
}

function orNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value + 0;
}

/** Whether a row says nothing that the stored fact contradicts. */
export function sameCandle(fact: readonly Cell[], values: readonly (number | null)[]): boolean {
  for (let i = 0; i < CANDLE_VALUES; i++) {
    const stored = fact[FIRST_VALUE + i];
    const optional = i >= TRADES && i <= SPREAD;
    if (stored !== values[i] && !(optional && (stored === null || values[i] === null))) return false;
  }
  return true;
}

/** Number of columns in front of the values in a digest: open time, close time, knownAt, late. */
const HEAD = 4;

/**
 * Content digest of a fact: its times, whether it came late, and all its values. Of two facts of one bar that became
 * known at one instant, the larger digest is read.
 */
export function factDigest(): (head: readonly number[], values: readonly (number | null)[]) => number {
  const numbers = new Float64Array(HEAD + CANDLE_VALUES);
  const words = new Uint32Array(numbers.buffer);
  const digest = new Digest();
  return (head, values) => {
    for (let i = 0; i < HEAD; i++) numbers[i] = head[i]!;
    for (let i = 0; i < CANDLE_VALUES; i++) numbers[HEAD + i] = values[i] ?? Number.MAX_VALUE;
    return digest.reset().add(words).value();
  };
}
