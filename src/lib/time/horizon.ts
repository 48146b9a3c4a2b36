import { RhymeError } from "../errors.ts";
import type { Calendar } from "./calendar.ts";
import { barGrid, type BarGrid } from "./grid.ts";
import { fixedWidth, parseTimeframe, type Timeframe, type TimeframeUnit } from "./timeframe.ts";
import { tradingDays, type TradingDay } from "./trading-days.ts";
import { DAY, HOUR, MINUTE, type DurationMs } from "./units.ts";

/** `4h`, `21d`, `2w` …: market time, counted in bars of the base timeframe or in trading days. */
export type Horizon = string;

export interface ParsedHorizon {
  readonly name: Horizon;
  readonly count: number;
  readonly unit: TimeframeUnit;
}

/** @throws RhymeError "usage" */
export function parseHorizon(text: Horizon): ParsedHorizon {
  const match = /^([1-9]\d{0,4})(m|h|d|w|mo)$/.exec(text);
  if (match) return { name: text, count: Number(match[1]), unit: match[2] as TimeframeUnit };
  throw new RhymeError("usage", {
    place: "horizon",
    expected: "a count and one of m, h, d, w, mo, such as 4h, 5d or 21d",
    received: JSON.stringify(text),
    remedy: "Write for example --horizon 4h",
  });
}

/** What a full week of a calendar looks like: its number of trading days, and the longest of them. */
interface Week {
  readonly days: number;
  readonly longest: TradingDay;
}

const weeks = new WeakMap<Calendar, Week>();

/** The fullest of nine summer weeks, in which few markets keep a holiday. */
function weekOf(calendar: Calendar): Week {
  const seen = weeks.get(calendar);
  if (seen) return seen;
  const monday = Date.UTC(2024, 5, 3);
  const byWeek = new Map<number, TradingDay[]>();
  for (const day of tradingDays(calendar, monday, monday + 63 * DAY)) {
    byWeek.set(day.week, [...(byWeek.get(day.week) ?? []), day]);
  }
  const fullest = [...byWeek.values()].reduce((a, b) => (b.length > a.length ? b : a), []);
  if (fullest.length === 0) throw new Error(`${calendar.name} has no sessions in June and July 2024`);
  const longest = fullest.reduce((a, b) => (openTime(b) > openTime(a) ? b : a));
  const week = { days: fullest.length, longest };
  weeks.set(calendar, week);
  return week;
}

function openTime({ sessions }: TradingDay): DurationMs {
  return sessions.reduce((sum, { open, close }) => sum + close - open, 0);
}

/** A month has four and a third weeks, rounded down: 21 sessions of shares, 30 days of a market that never closes. */
function sessionsIn(calendar: Calendar, count: number, unit: "d" | "w" | "mo"): number {
  const week = weekOf(calendar).days;
  if (unit === "d") return count;
  return unit === "w" ? count * week : count * Math.floor((week * 30.4375) / 7);
}

/**
 * Nominal count of bars: minutes and hours divided by the width, sessions times the bars of a full trading day.
 * `4h` on 5m is 48; `5d` is 1440 on 5m of 24x7, 35 on 1h of us-equities; `21d` on 1d is 21.
 * @throws RhymeError "usage" where the horizon is shorter than a bar or ends inside one
 */
export function horizonBars(horizon: Horizon, timeframe: Timeframe, calendar: Calendar): number {
  const { count, unit } = parseHorizon(horizon);
  const width = fixedWidth(timeframe);
  if (unit === "m" || unit === "h") {
    const length = count * (unit === "m" ? MINUTE : HOUR);
    if (width !== null && length % width === 0) return length / width;
    throw unfitHorizon(horizon, timeframe);
  }
  const base = parseTimeframe(timeframe).unit;
  if (base === unit) return count;
  const sessions = sessionsIn(calendar, count, unit);
  const bars =
    base === "w" || base === "mo"
      ? Math.floor(sessions / sessionsIn(calendar, 1, base))
      : sessions * (width === null ? 1 : barsOfFullDay(calendar, timeframe));
  if (bars < 1) throw unfitHorizon(horizon, timeframe);
  return bars;
}

function barsOfFullDay(calendar: Calendar, timeframe: Timeframe): number {
  const { sessions, open, close } = weekOf(calendar).longest;
  return barGrid(calendar, timeframe, Math.min(calendar.cutFrom(sessions[0]!), open), close).open.length;
}

function unfitHorizon(horizon: Horizon, timeframe: Timeframe): RhymeError {
  return new RhymeError("usage", {
    place: "horizon",
    expected: `a whole number of ${timeframe} bars, at least one`,
    received: horizon,
    remedy: `Choose a horizon that is a multiple of ${timeframe}, or a finer base timeframe`,
  });
}

/**
 * For every bar the grid index of the bar at whose close the horizon ends, -1 where the grid does not reach it.
 * Minutes and hours count bars, also across a close. Days keep the place in the trading day: `5d` after the 10:00
 * bar ends with the 10:00 bar five trading days later, or with that day's last bar where it closed early.
 * @param grid every expected bar of the base timeframe in a range: shape [G]
 * @throws RhymeError "usage" like horizonBars
 */
export function horizonEnds(grid: BarGrid, calendar: Calendar, horizon: Horizon): Int32Array {
  const G = grid.open.length;
  const bars = horizonBars(horizon, grid.timeframe, calendar);
  const { count, unit } = parseHorizon(horizon);
  const width = fixedWidth(grid.timeframe);
  if (width !== null && unit !== "m" && unit !== "h") {
    return sessionEnds(grid, calendar, width, sessionsIn(calendar, count, unit));
  }
  return Int32Array.from({ length: G }, (_, i) => (i + bars < G ? i + bars : -1));
}

function sessionEnds(grid: BarGrid, calendar: Calendar, width: number, sessions: number): Int32Array {
  const G = grid.open.length;
  const ends = new Int32Array(G).fill(-1);
  if (G === 0) return ends;
  const days = tradingDays(calendar, grid.open[0]!, grid.close[G - 1]! + DAY);
  const first = firstOfDay(grid); // per day of the grid, ending with G
  const slot = slotsInDay(grid, calendar, days, width);
  for (let i = 0; i < G; i++) {
    const [k, to] = [grid.session[i]!, grid.session[i]! + sessions];
    if (to + 1 >= first.length) continue;
    const last = lastSlot(days[to]!, calendar, width);
    const wanted = Math.min(slot[i]!, last);
    if (first[to + 1] === G && slot[G - 1]! < wanted) continue; // the grid ends before
    // The same place counted from the first bar, then put right where breaks or opening times differ.
    let end = Math.min(first[to]! + i - first[k]!, first[to + 1]! - 1);
    while (end > first[to]! && slot[end]! > wanted) end--;
    while (end + 1 < first[to + 1]! && slot[end + 1]! <= wanted) end++;
    ends[i] = end;
  }
  return ends;
}

/** Index of the first bar of each trading day of the grid, then G. */
function firstOfDay({ session }: BarGrid): number[] {
  const first: number[] = [];
  for (let i = 0; i < session.length; i++) if (session[i] === first.length) first.push(i);
  return [...first, session.length];
}

/** Place of each bar in its day: widths since `cutFrom`. [G] */
function slotsInDay(
  grid: BarGrid,
  calendar: Calendar,
  days: readonly TradingDay[],
  width: DurationMs,
): Int32Array {
  const cuts = days.map(({ sessions }) => calendar.cutFrom(sessions[0]!));
  return Int32Array.from(grid.open, (open, i) => Math.floor((open - cuts[grid.session[i]!]!) / width));
}

function lastSlot({ sessions, close }: TradingDay, calendar: Calendar, width: DurationMs): number {
  return Math.ceil((close - calendar.cutFrom(sessions[0]!)) / width) - 1;
}
