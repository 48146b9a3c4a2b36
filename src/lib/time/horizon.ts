import { RhymeError } from "../errors.ts";
import type { Calendar, Session } from "./calendar.ts";
import { barGrid, type BarGrid } from "./grid.ts";
import { fixedWidth, parseTimeframe, type Timeframe, type TimeframeUnit } from "./timeframe.ts";
import { DAY, HOUR, MINUTE } from "./units.ts";

/** `4h`, `21d`, `2w` …: market time, counted in bars of the base timeframe or in sessions. */
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

/** What a full week of a calendar looks like. */
interface Week {
  readonly sessions: number;
  readonly hours: Session;
}

const weeks = new Map<string, Week>();

/** Sessions of a full week, from a June without holidays in any market that we know, and its longest session. */
function weekOf(calendar: Calendar): Week {
  const seen = weeks.get(calendar.name);
  if (seen) return seen;
  const monday = Date.UTC(2019, 5, 10);
  const sessions = calendar.sessions(monday, monday + 7 * DAY).filter((s) => s.open >= monday);
  const longest = sessions.reduce((a, b) => (b.close - b.open > a.close - a.open ? b : a));
  const week = { sessions: sessions.length, hours: longest };
  weeks.set(calendar.name, week);
  return week;
}

/** A month has four and a third weeks, rounded down: 21 sessions of shares, 30 days of a market that never closes. */
function sessionsIn(calendar: Calendar, count: number, unit: "d" | "w" | "mo"): number {
  const week = weekOf(calendar).sessions;
  if (unit === "d") return count;
  return unit === "w" ? count * week : count * Math.floor((week * 30.4375) / 7);
}

/**
 * Nominal count of bars: minutes and hours divided by the width, sessions times the bars of a full session.
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
      : sessions * (width === null ? 1 : barsOfFullSession(calendar, timeframe));
  if (bars < 1) throw unfitHorizon(horizon, timeframe);
  return bars;
}

function barsOfFullSession(calendar: Calendar, timeframe: Timeframe): number {
  const { hours } = weekOf(calendar);
  const from = Math.min(calendar.cutFrom(hours), hours.open);
  return barGrid(calendar, timeframe, from, hours.close).open.length;
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
 * Minutes and hours count bars, also across a close. Sessions keep the place in the session: `5d` after the 10:00
 * bar ends with the 10:00 bar five sessions later, or with that session's last bar where it closed early.
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
  const days = calendar.sessions(grid.open[0]!, grid.close[G - 1]!);
  // Per session of the grid: its first bar's index and slot; slots are counted from cutFrom.
  const [first, firstSlot, lastSlot]: Int32Array[] = [0, 0, 0].map(() =>
    new Int32Array(days.length).fill(-1),
  );
  const slotOf = (i: number): number =>
    Math.floor((grid.open[i]! - calendar.cutFrom(days[grid.session[i]!]!)) / width);
  for (let i = 0; i < G; i++) {
    const k = grid.session[i]!;
    if (first![k] !== -1) continue;
    first![k] = i;
    firstSlot![k] = slotOf(i);
    lastSlot![k] = Math.ceil((days[k]!.close - calendar.cutFrom(days[k]!)) / width) - 1;
  }
  for (let i = 0; i < G; i++) {
    const [k, to] = [grid.session[i]!, grid.session[i]! + sessions];
    if (to >= days.length || first![to] === -1) continue;
    const slot = Math.min(firstSlot![k]! + i - first![k]!, lastSlot![to]!);
    const end = first![to]! + Math.max(0, slot - firstSlot![to]!);
    if (end < G && grid.session[end] === to) ends[i] = end;
  }
  return ends;
}
