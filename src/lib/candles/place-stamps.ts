import type { Calendar, Session } from "../time/calendar.ts";
import { civilDate, dayOfInstant, epochDay, weekdayOf, type EpochDay } from "../time/civil.ts";
import { barGrid, periodOf, type BarGrid } from "../time/grid.ts";
import { fixedWidth, parseTimeframe, type Timeframe } from "../time/timeframe.ts";
import { DAY, type DurationMs, type EpochMs } from "../time/units.ts";
import { offsetAt } from "../time/zone.ts";

/** Whether a stamp names the time at which its bar opens or closes. */
export type StampConvention = "open" | "close";

export const PLACED = 0;
export const OUTSIDE = 1;
export const OFF_GRID = 2;

export interface PlacedStamps {
  /** Open and close of the calendar's bar that the stamp names; NaN where it names none. */
  readonly openTime: Float64Array; // [R]
  readonly closeTime: Float64Array; // [R]
  /** PLACED, OUTSIDE any session, or OFF_GRID inside one. */
  readonly verdict: Uint8Array; // [R]
}

/** A longer silence than this starts a new grid, so that one stray stamp does not make one of a century. */
const SILENCE = 60 * DAY;

/**
 * Finds the bar of the calendar that each stamp names.
 *
 * Intraday: the exact open (or close) of a bar; the open of a session also names its first bar. Days, weeks and
 * months: a bare date, midnight in UTC or on the market's clock, or the exact open (or close); for weeks and months
 * the date must be the first (or last) of the period or of its sessions.
 * @param stamp epoch ms [R], any order
 * @param dated 1 where the stamp is the UTC midnight of a bare date [R]
 */
export function placeStamps(
  stamp: Float64Array,
  dated: Uint8Array,
  timeframe: Timeframe,
  calendar: Calendar,
  convention: StampConvention,
): PlacedStamps {
  const R = stamp.length;
  const placed = {
    openTime: new Float64Array(R).fill(NaN),
    closeTime: new Float64Array(R).fill(NaN),
    verdict: new Uint8Array(R).fill(OUTSIDE),
  };
  const order = sortedRows(stamp);
  const width = fixedWidth(timeframe);
  const rule = { timeframe: parseTimeframe(timeframe).name, calendar, convention };
  for (let i = 0; i < R;) {
    let end = i + 1;
    while (end < R && stamp[order[end]!]! - stamp[order[end - 1]!]! <= SILENCE) end++;
    const rows = order.subarray(i, end);
    if (width === null) placeDays(stamp, dated, rows, rule, placed);
    else placeIntraday(stamp, rows, { ...rule, width }, placed);
    i = end;
  }
  return placed;
}

interface Rule {
  readonly timeframe: Timeframe;
  readonly calendar: Calendar;
  readonly convention: StampConvention;
}

/** Row numbers in ascending order of their stamps; cheap where they are in order. */
export function sortedRows(stamp: Float64Array): Int32Array {
  const rows = new Int32Array(stamp.length);
  for (let i = 0; i < rows.length; i++) rows[i] = i;
  for (let i = 1; i < stamp.length; i++) {
    if (stamp[i]! < stamp[i - 1]!) return rows.sort((a, b) => stamp[a]! - stamp[b]! || a - b);
  }
  return rows;
}

function placeIntraday(
  stamp: Float64Array,
  rows: Int32Array,
  rule: Rule & { width: DurationMs },
  out: PlacedStamps,
): void {
  const { timeframe, calendar, convention, width } = rule;
  const [from, to] = [stamp[rows[0]!]!, stamp[rows[rows.length - 1]!]!];
  const grid = barGrid(calendar, timeframe, from - width, to + 1);
  const edge = convention === "open" ? grid.open : grid.close;
  for (let k = 0, g = 0; k < rows.length; k++) {
    const row = rows[k]!;
    const t = stamp[row]!;
    while (g < edge.length && edge[g]! < t) g++;
    const at = edge[g] === t ? g : barOfSessionOpen(rule, grid, g, t);
    if (at >= 0) {
      out.openTime[row] = grid.open[at]!;
      out.closeTime[row] = grid.close[at]!;
      out.verdict[row] = PLACED;
    } else if (sessionAround(calendar, convention, t)) out.verdict[row] = OFF_GRID;
  }
}

/** The bar before grid index g, where `t` is the open of the session and that bar its first; else -1. */
function barOfSessionOpen({ calendar, convention }: Rule, grid: BarGrid, g: number, t: EpochMs): number {
  if (convention !== "open" || g === 0 || grid.close[g - 1]! <= t) return -1;
  return sessionAround(calendar, convention, t)?.open === t ? g - 1 : -1;
}

function sessionAround(calendar: Calendar, convention: StampConvention, t: EpochMs): Session | undefined {
  return convention === "open" ? calendar.sessions(t, t + 1)[0] : calendar.sessions(t - 1, t)[0];
}

function placeDays(
  stamp: Float64Array,
  dated: Uint8Array,
  rows: Int32Array,
  rule: Rule,
  out: PlacedStamps,
): void {
  const { timeframe, calendar } = rule;
  const [from, to] = [stamp[rows[0]!]!, stamp[rows[rows.length - 1]!]!];
  const grid = barGrid(calendar, timeframe, from - 35 * DAY, to + 3 * DAY);
  const barOf = new Map<number, number>();
  for (let g = 0; g < grid.open.length; g++) {
    barOf.set(periodOf(timeframe, localDay(calendar, grid.open[g]!)), g);
  }
  for (const row of rows) {
    const day = dayMeant(stamp[row]!, dated[row] === 1, rule);
    const g = barOf.get(periodOf(timeframe, day ?? localDay(calendar, stamp[row]!)));
    if (g === undefined) continue;
    const named = day === null ? isEdge(stamp[row]!, grid, g, rule) : isNamedBy(day, grid, g, rule);
    out.verdict[row] = named ? PLACED : OFF_GRID;
    if (!named) continue;
    out.openTime[row] = grid.open[g]!;
    out.closeTime[row] = grid.close[g]!;
  }
}

function localDay(calendar: Calendar, t: EpochMs): EpochDay {
  return dayOfInstant(t, offsetAt(calendar.zone, t));
}

/** The date that a stamp stands for; null where it is an instant within a day. */
function dayMeant(t: EpochMs, dated: boolean, { calendar, convention }: Rule): EpochDay | null {
  const foreign = calendar.zone !== "UTC";
  if (dated || (foreign && t % DAY === 0)) return t / DAY;
  const local = t + offsetAt(calendar.zone, t);
  if (local % DAY !== 0) return null;
  return convention === "open" ? local / DAY : local / DAY - 1;
}

function isEdge(t: EpochMs, grid: BarGrid, g: number, { convention }: Rule): boolean {
  return t === (convention === "open" ? grid.open[g] : grid.close[g]);
}

/** A week or month is named by its first (last) date or that of its first (last) session. */
function isNamedBy(
  day: EpochDay,
  grid: BarGrid,
  g: number,
  { timeframe, calendar, convention }: Rule,
): boolean {
  if (timeframe === "1d") return true;
  const first = timeframe === "1w" ? day - weekdayOf(day) : day - civilDate(day).day + 1;
  if (convention === "open") return day === first || day === localDay(calendar, grid.open[g]!);
  const last = timeframe === "1w" ? first + 6 : lastOfMonth(day);
  return day === last || day === localDay(calendar, grid.close[g]! - 1);
}

function lastOfMonth(day: EpochDay): EpochDay {
  const { year, month } = civilDate(day);
  return (month === 12 ? epochDay(year + 1, 1, 1) : epochDay(year, month + 1, 1)) - 1;
}
