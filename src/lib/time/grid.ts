import type { Calendar } from "./calendar.ts";
import { civilDate, type EpochDay } from "./civil.ts";
import { fixedWidth, parseTimeframe, type Timeframe } from "./timeframe.ts";
import { tradingDays, type TradingDay } from "./trading-days.ts";
import { DAY, type DurationMs, type EpochMs } from "./units.ts";

/** Every bar that a calendar expects, G of them, ascending. */
export interface BarGrid {
  readonly timeframe: Timeframe;
  readonly open: Float64Array; // [G]
  readonly close: Float64Array; // [G]
  /** Number of the trading day in which the bar opens, 0 for that of the first bar, +1 for each day after it. */
  readonly session: Int32Array; // [G]
}

/** Longest time between the open of a bar and its last session: a month and room for closures. */
const REACH = 40 * DAY;

/**
 * All expected bars whose open lies in [from, to). Intraday bars are cut at multiples of their width from
 * `cutFrom(session)` and end with the session (a bar that spans a break within the day ends after it); `1d` is the
 * trading day; `1w` and `1mo` run from the open of the first day to the close of the last one in an ISO week or a
 * month of trading dates.
 */
export function barGrid(calendar: Calendar, timeframe: Timeframe, from: EpochMs, to: EpochMs): BarGrid {
  const width = fixedWidth(timeframe);
  const name = parseTimeframe(timeframe).name;
  if (!(from < to))
    return {
      timeframe: name,
      open: new Float64Array(),
      close: new Float64Array(),
      session: new Int32Array(),
    };
  return width === null
    ? periodGrid(calendar, name, from, to)
    : intradayGrid(calendar, name, width, from, to);
}

function intradayGrid(
  calendar: Calendar,
  timeframe: Timeframe,
  width: DurationMs,
  from: EpochMs,
  to: EpochMs,
): BarGrid {
  // The first bar of a session may open before the session does, so look a width further.
  const days = tradingDays(calendar, from, to + width);
  const sessions = days.flatMap((day, k) => day.sessions.map((session) => ({ ...session, k })));
  const room = sessions.reduce((sum, s) => sum + Math.ceil((s.close - s.open) / width) + 1, 0);
  const bars = { open: new Float64Array(room), close: new Float64Array(room), session: new Int32Array(room) };
  const { open, close, session } = bars;
  let [n, firstDay] = [0, -1];
  for (const s of sessions) {
    const cut = calendar.cutFrom(s);
    let t = cut + Math.floor((Math.max(s.open, from - width) - cut) / width) * width;
    while (t < from) t += width;
    const end = Math.min(s.close, to);
    if (t >= end) continue;
    if (firstDay < 0) firstDay = s.k;
    const spansBreak = n > 0 && t < close[n - 1]!; // one bar on both sides of it
    const first = spansBreak ? n - 1 : n;
    const opens = spansBreak ? open[first]! : t;
    n = fillBars(bars, first, s.k - firstDay, t, end, width);
    open[first] = opens;
    close[n - 1] = Math.min(close[n - 1]!, s.close);
  }
  return { timeframe, open: trimmed(open, n), close: trimmed(close, n), session: trimmed(session, n) };
}

/** Writes bars from number n on that open in [t, end). @returns the number behind the last one */
function fillBars(
  { open, close, session }: Omit<BarGrid, "timeframe">,
  n: number,
  day: number,
  t: EpochMs,
  end: EpochMs,
  width: DurationMs,
): number {
  let b = n;
  for (let at = t; at < end; at += width) {
    open[b] = at;
    close[b] = at + width;
    session[b++] = day;
  }
  return b;
}

/** The bars [from, to) of a grid as a grid of their own, which shares its memory where it can. */
export function cutGrid({ timeframe, open, close, session }: BarGrid, from: number, to: number): BarGrid {
  const first = session[from] ?? 0;
  const own = first === 0 ? session.subarray(from, to) : session.slice(from, to);
  if (first !== 0) for (let b = 0; b < own.length; b++) own[b]! -= first;
  return { timeframe, open: open.subarray(from, to), close: close.subarray(from, to), session: own };
}

/** The first n values; copied only where that saves much room. */
function trimmed<A extends Float64Array | Int32Array>(values: A, n: number): A {
  return (values.length - n > n / 8 ? values.slice(0, n) : values.subarray(0, n)) as A;
}

/** A 1d, 1w or 1mo bar: the trading days of one period. */
export interface PeriodBar {
  readonly days: readonly TradingDay[];
  readonly open: EpochMs;
  readonly close: EpochMs;
  /** Equal to `periodOf` any date of the period. */
  readonly period: number;
}

/** A number that is equal for the dates of one 1d, 1w or 1mo bar and grows with time. */
export function periodOf(timeframe: Timeframe, day: EpochDay, week: EpochDay): number {
  if (timeframe === "1d") return day;
  if (timeframe === "1w") return week;
  const { year, month } = civilDate(day);
  return year * 12 + month;
}

/** All 1d, 1w or 1mo bars whose open lies in [from, to). */
export function periodBars(
  calendar: Calendar,
  timeframe: Timeframe,
  from: EpochMs,
  to: EpochMs,
): PeriodBar[] {
  const reach = timeframe === "1d" ? 2 * DAY : REACH;
  const days = tradingDays(calendar, from - reach, to + reach);
  const bars: PeriodBar[] = [];
  for (let k = 0; k < days.length;) {
    const period = periodOf(timeframe, days[k]!.day, days[k]!.week);
    let end = k + 1;
    while (end < days.length && periodOf(timeframe, days[end]!.day, days[end]!.week) === period) end++;
    const [open, close] = [days[k]!.open, days[end - 1]!.close];
    if (open >= from && open < to) bars.push({ days: days.slice(k, end), open, close, period });
    k = end;
  }
  return bars;
}

function periodGrid(calendar: Calendar, timeframe: Timeframe, from: EpochMs, to: EpochMs): BarGrid {
  const bars = periodBars(calendar, timeframe, from, to);
  const session = new Int32Array(bars.length);
  for (let b = 1; b < bars.length; b++) session[b] = session[b - 1]! + bars[b - 1]!.days.length;
  return {
    timeframe,
    open: Float64Array.from(bars, (bar) => bar.open),
    close: Float64Array.from(bars, (bar) => bar.close),
    session,
  };
}
