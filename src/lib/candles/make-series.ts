import { RhymeError } from "../errors.ts";
import type { Calendar } from "../time/calendar.ts";
import { barGrid } from "../time/grid.ts";
import { parseTimeframe, type Timeframe } from "../time/timeframe.ts";
import { iso, type DurationMs } from "../time/units.ts";
import { eachBlock } from "./blocks.ts";
import type { CandleSeries } from "./candle-series.ts";

export type NumberColumn = Float64Array | readonly number[];

export interface MakeSeriesOptions {
  readonly source?: string;
  readonly symbol?: string;
  readonly timeframe: Timeframe;
  readonly calendar: Calendar;
  readonly openTime: NumberColumn; // [N] ascending, unique, on the calendar's grid
  readonly open: NumberColumn;
  readonly high: NumberColumn;
  readonly low: NumberColumn;
  readonly close: NumberColumn;
  readonly volume?: NumberColumn;
  readonly trades?: NumberColumn;
  readonly vwap?: NumberColumn;
  readonly spread?: NumberColumn;
  /** Given by whoever built the bars on the grid already; else looked up on the calendar. */
  readonly closeTime?: NumberColumn;
  /** Default: closeTime + lagMs. */
  readonly knownAt?: NumberColumn;
  readonly lagMs?: DurationMs;
  readonly partial?: Uint8Array;
}

/**
 * The one door through which columns become a CandleSeries: fills close times from the calendar and `knownAt` from
 * the lag, and checks every invariant that the type states.
 * @throws RhymeError "input" naming the row
 */
export function makeSeries(options: MakeSeriesOptions): CandleSeries {
  const N = options.openTime.length;
  const column = (name: string, values: NumberColumn): Float64Array => {
    if (values.length !== N) throw badColumn(name, `${N} values`, `${values.length}`);
    return values instanceof Float64Array ? values : Float64Array.from(values);
  };
  const openTime = column("openTime", options.openTime);
  assertAscending(openTime);
  const closeTime = options.closeTime
    ? column("closeTime", options.closeTime)
    : closesOnGrid(options, openTime);
  const lag = options.lagMs ?? 0;
  const series: CandleSeries = {
    source: options.source ?? "memory",
    symbol: options.symbol ?? "SYMBOL",
    timeframe: parseTimeframe(options.timeframe).name,
    calendar: options.calendar,
    openTime,
    closeTime,
    knownAt: options.knownAt ? column("knownAt", options.knownAt) : later(closeTime, lag),
    open: column("open", options.open),
    high: column("high", options.high),
    low: column("low", options.low),
    close: column("close", options.close),
    volume: options.volume ? column("volume", options.volume) : new Float64Array(N),
    ...(options.trades ? { trades: column("trades", options.trades) } : {}),
    ...(options.vwap ? { vwap: column("vwap", options.vwap) } : {}),
    ...(options.spread ? { spread: column("spread", options.spread) } : {}),
    partial: options.partial ?? new Uint8Array(N),
  };
  if (series.partial.length !== N) throw badColumn("partial", `${N} values`, `${series.partial.length}`);
  eachBlock(N, (from, to) => assertRows(series, from, to));
  return series;
}

function later(times: Float64Array, by: DurationMs): Float64Array {
  return by === 0 ? times.slice() : times.map((t) => t + by);
}

function badColumn(place: string, expected: string, received: string): RhymeError {
  return new RhymeError("input", { place, expected, received, remedy: "Check the columns that were given" });
}

function assertAscending(openTime: Float64Array): void {
  eachBlock(openTime.length, (from, to) => {
    for (let i = from; i < to; i++) {
      const t = openTime[i]!;
      if (!Number.isInteger(t))
        throw badColumn(`openTime[${i}]`, "an integer of epoch milliseconds", String(t));
      if (i > 0 && t <= openTime[i - 1]!)
        throw badColumn(`openTime[${i}]`, `a time after ${iso(openTime[i - 1]!)}`, iso(t));
    }
  });
}

/** Close of the expected bar that opens at each stamp. */
function closesOnGrid(options: MakeSeriesOptions, openTime: Float64Array): Float64Array {
  const N = openTime.length;
  const closeTime = new Float64Array(N);
  if (N === 0) return closeTime;
  const grid = barGrid(options.calendar, options.timeframe, openTime[0]!, openTime[N - 1]! + 1);
  for (let i = 0, g = 0; i < N; i++) {
    while (g < grid.open.length && grid.open[g]! < openTime[i]!) g++;
    if (g >= grid.open.length || grid.open[g]! !== openTime[i]!) {
      const expected = `the open of a ${options.timeframe} bar of ${options.calendar.name}`;
      throw badColumn(`openTime[${i}]`, expected, iso(openTime[i]!));
    }
    closeTime[i] = grid.close[g]!;
  }
  return closeTime;
}

function assertRows(s: CandleSeries, from: number, to: number): void {
  const { openTime, closeTime, knownAt, open, high, low, close, volume } = s;
  for (let i = from; i < to; i++) {
    const o = open[i]!;
    const h = high[i]!;
    const l = low[i]!;
    const c = close[i]!;
    const v = volume[i]!;
    const sound = o > 0 && l > 0 && c > 0 && h < Infinity && h >= o && h >= c && l <= o && l <= c;
    if (!sound) {
      const expected = "finite positive prices with low ≤ open, close ≤ high";
      throw badColumn(`candle ${iso(openTime[i]!)}`, expected, `open ${o}, high ${h}, low ${l}, close ${c}`);
    }
    if (!(v >= 0 && v < Infinity)) throw badColumn(`volume[${i}]`, "a finite number ≥ 0", String(v));
    if (!(closeTime[i]! > openTime[i]!))
      throw badColumn(`closeTime[${i}]`, "a time after the open", String(closeTime[i]));
    if (!(knownAt[i]! >= closeTime[i]!))
      throw badColumn(`knownAt[${i}]`, "a time not before the close", String(knownAt[i]));
  }
}
