import { RhymeError } from "../errors.ts";
import { barGrid, type BarGrid } from "../time/grid.ts";
import {
  assertNested,
  compareTimeframes,
  fixedWidth,
  parseTimeframe,
  sortTimeframes,
  type Timeframe,
} from "../time/timeframe.ts";
import { DAY, type EpochMs } from "../time/units.ts";
import type { CandlesByTimeframe, CandleSeries } from "./candle-series.ts";

// N base rows, M higher bars

/** A higher bar can open this long before its first base row. */
const REACH = 40 * DAY;

/**
 * Higher bars on the calendar of `base`. Open of the first, close of the last, highest high, lowest low, volume and
 * trades summed in row order, VWAP weighted by volume. A bar without any known base row does not exist.
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
  const N = base.openTime.length;
  const grid = targetGrid(base, name);
  const evidence = firstKnownFrom(base);
  const bars = emptyBars(grid.open.length, base);
  const expected = expectedBars(base, grid);
  let m = 0;
  for (let i = 0, g = 0; i < N;) {
    while (grid.close[g]! < base.closeTime[i]!) g++;
    const from = i;
    while (i < N && base.closeTime[i]! <= grid.close[g]!) i++;
    const proof = closingRow(base, grid.close[g]!, i);
    if (proof >= N) break; // still forming, and so is all after it
    fold(base, from, i, bars, m);
    bars.openTime[m] = grid.open[g]!;
    bars.closeTime[m] = grid.close[g]!;
    bars.knownAt[m] = Math.max(bars.knownAt[m]!, evidence[proof]!);
    if (i - from < expected[g]!) bars.partial[m] = 1;
    m++;
  }
  return finish(base, name, bars, m);
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
  const reach = fixedWidth(timeframe) ?? (timeframe === "1d" ? DAY : REACH);
  return barGrid(base.calendar, timeframe, base.openTime[0]! - reach, base.closeTime[N - 1]!);
}

/** The first row that proves the close `at` to be over: the last one inside, where it closes then, or the next. */
function closingRow(base: CandleSeries, at: EpochMs, next: number): number {
  return base.closeTime[next - 1]! >= at ? next - 1 : next;
}

/** Per row, when the first of it and all later rows became known. [N] */
function firstKnownFrom(base: CandleSeries): Float64Array {
  const first = base.knownAt.slice();
  for (let i = first.length - 2; i >= 0; i--) if (first[i + 1]! < first[i]!) first[i] = first[i + 1]!;
  return first;
}

/** Per bar of the grid, how many base bars the calendar expects in it. */
function expectedBars(base: CandleSeries, grid: BarGrid): Int32Array {
  const M = grid.open.length;
  const counts = new Int32Array(M);
  if (M === 0) return counts;
  const inner = barGrid(base.calendar, base.timeframe, grid.open[0]!, grid.close[M - 1]!);
  for (let i = 0, g = 0; i < inner.open.length; i++) {
    while (g < M && grid.close[g]! < inner.close[i]!) g++;
    if (g < M) counts[g]!++;
  }
  return counts;
}

type Bars = Record<
  "openTime" | "closeTime" | "knownAt" | "open" | "high" | "low" | "close" | "volume",
  Float64Array
> & { partial: Uint8Array; trades: Float64Array | null; vwap: Float64Array | null };

function emptyBars(room: number, base: CandleSeries): Bars {
  const column = (): Float64Array => new Float64Array(room);
  return {
    openTime: column(),
    closeTime: column(),
    knownAt: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
    partial: new Uint8Array(room),
    trades: base.trades ? column() : null,
    vwap: base.vwap ? column() : null,
  };
}

/** Folds base rows [from, to) into bar m. */
function fold(base: CandleSeries, from: number, to: number, bars: Bars, m: number): void {
  let high = base.high[from]!;
  let low = base.low[from]!;
  let known = base.knownAt[from]!;
  let [volume, trades, turnover, partial] = [0, 0, 0, 0];
  for (let i = from; i < to; i++) {
    if (base.high[i]! > high) high = base.high[i]!;
    if (base.low[i]! < low) low = base.low[i]!;
    if (base.knownAt[i]! > known) known = base.knownAt[i]!;
    volume += base.volume[i]!;
    partial |= base.partial[i]!;
    if (base.trades) trades += base.trades[i]!;
    if (base.vwap) turnover += base.vwap[i]! * base.volume[i]!;
  }
  bars.open[m] = base.open[from]!;
  bars.high[m] = high;
  bars.low[m] = low;
  bars.close[m] = base.close[to - 1]!;
  bars.volume[m] = volume;
  bars.knownAt[m] = known;
  bars.partial[m] = partial;
  if (bars.trades) bars.trades[m] = trades;
  // Without volume nothing weighs the prices; the last one stands for the bar.
  if (bars.vwap) bars.vwap[m] = volume > 0 ? turnover / volume : base.vwap![to - 1]!;
}

function finish(base: CandleSeries, timeframe: Timeframe, bars: Bars, M: number): CandleSeries {
  const cut = (column: Float64Array): Float64Array => column.slice(0, M);
  return {
    source: base.source,
    symbol: base.symbol,
    timeframe,
    calendar: base.calendar,
    openTime: cut(bars.openTime),
    closeTime: cut(bars.closeTime),
    knownAt: cut(bars.knownAt),
    open: cut(bars.open),
    high: cut(bars.high),
    low: cut(bars.low),
    close: cut(bars.close),
    volume: cut(bars.volume),
    ...(bars.trades ? { trades: cut(bars.trades) } : {}),
    ...(bars.vwap ? { vwap: cut(bars.vwap) } : {}),
    partial: bars.partial.slice(0, M),
  };
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
  return Object.fromEntries(sorted.map((timeframe) => [timeframe, resample(base, timeframe)]));
}
