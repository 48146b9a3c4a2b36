import { RhymeError } from "../errors.ts";
import { barGrid, type BarGrid } from "../time/grid.ts";
import {
  assertNested,
  compareTimeframes,
  fixedWidth,
  nests,
  parseTimeframe,
  sortTimeframes,
  type Timeframe,
} from "../time/timeframe.ts";
import { DAY, type EpochMs } from "../time/units.ts";
import type { CandlesByTimeframe, CandleSeries } from "./candle-series.ts";
import { expectedBars } from "./expected-bars.ts";
import { highestOf, knownOf, lowestOf, partialOf, sumOf, valuesAt, vwapOf } from "./fold-rows.ts";
import { isAscending } from "./is-ascending.ts";

// N base rows, M higher bars

/** A higher bar can open this long before its first base row. */
const REACH = 40 * DAY;

/**
 * Higher bars on the calendar of `base`. Open of the first, close of the last, highest high, lowest low, volume and
 * trades summed in row order, VWAP weighted by volume, the spread that of the last close. A bar without any known
 * base row does not exist.
 *
 * A higher bar is known once every row inside it is known and so is a row that closes at or after its close:
 * nothing else tells that the time is over. So the bar that is still forming does not exist, and for every t
 * `resample(knownBy(base, t))` equals the bars of `resample(base)` with knownAt ≤ t, bit for bit, as long as rows
 * became known in order. (A late row or a correction changes its bar only from its own knownAt on; a series holds
 * one fact per row, so ask the store for the series as of a time before it.)
 *
 * `partial` is 1 where an expected base bar inside is missing or itself partial.
 * @throws RhymeError "usage" where the timeframes do not nest
 */
export function resample(base: CandleSeries, timeframe: Timeframe): CandleSeries {
  const name = parseTimeframe(timeframe).name;
  if (name === base.timeframe) return base;
  assertCoarser(base.timeframe, name);
  return fold(base, name, firstKnownFrom(base), base);
}

/**
 * @param evidence per row, when the first of it and all later rows became known [N]
 * @param finer `base`, or bars of it that nest in the new ones: their highs and lows are fewer and tell the same
 */
function fold(
  base: CandleSeries,
  timeframe: Timeframe,
  evidence: Float64Array,
  finer: CandleSeries,
): CandleSeries {
  const grid = targetGrid(base, timeframe);
  const expected = expectedBars(base.calendar, base.timeframe, grid);
  const { bar, from, to, proof } = rowsOfBars(base, grid, expected);
  const { source, symbol, calendar, open, close, volume, trades, vwap, spread } = base;
  const closeTime = valuesAt(grid.close, bar);
  const inner = finer === base ? { from, to } : rowsUpTo(finer, closeTime);
  const traded = sumOf(volume, from, to);
  return {
    source,
    symbol,
    timeframe,
    calendar,
    openTime: valuesAt(grid.open, bar),
    closeTime,
    knownAt: knownOf(base, from, to, proof, evidence),
    open: valuesAt(open, from),
    high: highestOf(finer.high, inner.from, inner.to),
    low: lowestOf(finer.low, inner.from, inner.to),
    close: valuesAt(close, to, -1),
    volume: traded,
    ...(trades ? { trades: sumOf(trades, from, to) } : {}),
    ...(vwap ? { vwap: vwapOf(vwap, volume, traded, from, to) } : {}),
    ...(spread ? { spread: valuesAt(spread, to, -1) } : {}),
    partial: partialOf(base, from, to, bar, expected),
  };
}

function assertCoarser(base: Timeframe, timeframe: Timeframe): void {
  assertNested([base, timeframe]);
  if (compareTimeframes(base, timeframe) < 0) return;
  throw new RhymeError("usage", {
    place: "timeframe",
    expected: `a timeframe coarser than the candles, ${base}`,
    received: timeframe,
    remedy: "Give finer candles, or leave this timeframe out",
  });
}

function targetGrid(base: CandleSeries, timeframe: Timeframe): BarGrid {
  const N = base.openTime.length;
  if (N === 0) return barGrid(base.calendar, timeframe, 0, 0);
  const reach = fixedWidth(timeframe) ?? (timeframe === "1d" ? 2 * DAY : REACH);
  return barGrid(base.calendar, timeframe, base.openTime[0]! - reach, base.closeTime[N - 1]!);
}

/** The rows [from, to) of each bar, its place in the grid, and the row that proves it to be over. [M] each */
type RowsOfBars = Readonly<Record<"bar" | "from" | "to" | "proof", Int32Array>>;

function rowsOfBars({ closeTime }: CandleSeries, grid: BarGrid, expected: Int32Array): RowsOfBars {
  const N = closeTime.length;
  const column = (): Int32Array => new Int32Array(Math.min(N, grid.open.length));
  const [bar, from, to, proof] = [column(), column(), column(), column()];
  let m = 0;
  for (let i = 0, g = 0; i < N; m++) {
    while (grid.close[g]! < closeTime[i]!) g++;
    const end = rowBehind(closeTime, i, expected[g]!, grid.close[g]!);
    // The last row inside, where it closes with the bar, or the next one.
    proof[m] = closeTime[end - 1]! >= grid.close[g]! ? end - 1 : end;
    if (proof[m]! >= N) break; // still forming, and so is all after it
    bar[m] = g;
    from[m] = i;
    to[m] = i = end;
  }
  const cut = (rows: Int32Array): Int32Array => rows.subarray(0, m);
  return { bar: cut(bar), from: cut(from), to: cut(to), proof: cut(proof) };
}

/** The rows behind each close and up to the next. [M] each */
function rowsUpTo({ closeTime }: CandleSeries, closes: Float64Array): Pick<RowsOfBars, "from" | "to"> {
  const [from, to] = [new Int32Array(closes.length), new Int32Array(closes.length)];
  for (let m = 0, i = 0; m < closes.length; m++) {
    from[m] = i;
    while (i < closeTime.length && closeTime[i]! <= closes[m]!) i++;
    to[m] = i;
  }
  return { from, to };
}

/** The first row from `from` on that closes after `at`; where no row is missing, `expected` of them come before it. */
function rowBehind(closeTime: Float64Array, from: number, expected: number, at: EpochMs): number {
  const N = closeTime.length;
  const whole = from + expected;
  if (expected > 0 && whole < N && closeTime[whole - 1]! <= at && closeTime[whole]! > at) return whole;
  let end = from;
  while (end < N && closeTime[end]! <= at) end++;
  return end;
}

/** Per row, when the first of it and all later rows became known. [N] */
function firstKnownFrom({ knownAt }: CandleSeries): Float64Array {
  if (isAscending(knownAt)) return knownAt;
  const first = knownAt.slice();
  for (let i = first.length - 2; i >= 0; i--) if (first[i + 1]! < first[i]!) first[i] = first[i + 1]!;
  return first;
}

/**
 * The base and every higher timeframe resampled from it, fine to coarse.
 * @param timeframes must contain the timeframe of `base` as its finest
 * @throws RhymeError "usage" where they do not nest, or the finest is not that of `base`
 */
export function byTimeframe(base: CandleSeries, timeframes: readonly Timeframe[]): CandlesByTimeframe {
  const sorted = sortTimeframes(timeframes);
  if (sorted[0] !== base.timeframe) {
    throw new RhymeError("usage", {
      place: "timeframes",
      expected: `${base.timeframe}, the timeframe of the candles, as the finest`,
      received: sorted.join(",") || "none",
      remedy: `Write for example ${[base.timeframe, ...sorted.filter((t) => compareTimeframes(t, base.timeframe) > 0)].join(",")}`,
    });
  }
  assertNested(sorted);
  const evidence = firstKnownFrom(base);
  const made: CandleSeries[] = [base];
  for (const timeframe of sorted.slice(1)) {
    const finer = made.findLast((series) => nests(series.timeframe, timeframe))!;
    made.push(fold(base, timeframe, evidence, finer));
  }
  return Object.fromEntries(made.map((series) => [series.timeframe, series]));
}
