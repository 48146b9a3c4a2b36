import { countWhile } from "../math/count-up-to.ts";
import type { Calendar, Session } from "../time/calendar.ts";
import { civilDate, dayOfInstant, epochDay, weekdayOf, type EpochDay } from "../time/civil.ts";
import { barGrid, periodBars, periodOf, type BarGrid, type PeriodBar } from "../time/grid.ts";
import { fixedWidth, parseTimeframe, type Timeframe } from "../time/timeframe.ts";
import type { TradingDay } from "../time/trading-days.ts";
import { DAY, type DurationMs, type EpochMs } from "../time/units.ts";
import { offsetAt } from "../time/zone.ts";
import { everyBlock } from "./blocks.ts";
import { isAscending } from "./is-ascending.ts";

/** Whether a stamp names the time at which its bar opens or closes. */
export type StampConvention = "open" | "close";

export const PLACED = 0;
export const OUTSIDE = 1;
export const OFF_GRID = 2;
/** Said of no stamp here: its row was taken out before. */
export const TAKEN_OUT = 3;

export interface PlacedStamps {
  /** Open and close of the calendar's bar that the stamp names; NaN where it names none. */
  readonly openTime: Float64Array; // [R]
  readonly closeTime: Float64Array; // [R]
  /** PLACED, OUTSIDE any session, OFF_GRID inside one, or TAKEN_OUT. */
  readonly verdict: Uint8Array; // [R]
  /** Bars that go at least as far as those named, where one list of them was made. */
  readonly grid: BarGrid | null;
}

/** A longer silence than this starts a new grid, so that one stray stamp does not make one of a century. */
const SILENCE = 60 * DAY;

/**
 * Finds the bar of the calendar that each stamp names.
 *
 * Intraday: the exact open (or close) of a bar; the open of a session also names its first bar. Days, weeks and
 * months: a bare trading date, midnight in UTC or on the market's clock, the exact open (or close), or the instant
 * from which bars of the day are counted (or a day later); for weeks and months the date must be the first (or last)
 * of the period or of its trading days.
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
  const width = fixedWidth(timeframe);
  const rule = { timeframe: parseTimeframe(timeframe).name, calendar, convention };
  const grid = width !== null && isOneRun(stamp) ? gridAround(rule, width, stamp[0]!, stamp[R - 1]!) : null;
  const exact = grid && placeExact(stamp, grid, convention);
  if (exact) return exact;
  const placed: PlacedStamps = {
    openTime: new Float64Array(R).fill(NaN),
    closeTime: new Float64Array(R).fill(NaN),
    verdict: new Uint8Array(R).fill(OUTSIDE),
    grid,
  };
  const order = sortedRows(stamp);
  for (let i = 0; i < R;) {
    let end = i + 1;
    while (end < R && stamp[order[end]!]! - stamp[order[end - 1]!]! <= SILENCE) end++;
    const rows = order.subarray(i, end);
    const [first, last] = [stamp[rows[0]!]!, stamp[rows[rows.length - 1]!]!];
    if (width === null) placeDays(stamp, dated, rows, rule, placed);
    else placeIntraday(stamp, rows, rule, grid ?? gridAround(rule, width, first, last), placed);
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
function sortedRows(stamp: Float64Array): Int32Array {
  const rows = new Int32Array(stamp.length);
  for (let i = 0; i < rows.length; i++) rows[i] = i;
  return isAscending(stamp) ? rows : rows.sort((a, b) => stamp[a]! - stamp[b]! || a - b);
}

/** Whether stamps are in order and without a long silence. */
function isOneRun(stamp: Float64Array): boolean {
  const isRun = everyBlock(stamp.length, (from, to) => {
    for (let i = from === 0 ? 1 : from; i < to; i++) {
      const step = stamp[i]! - stamp[i - 1]!;
      if (!(step >= 0 && step <= SILENCE)) return false;
    }
    return true;
  });
  return isRun && stamp.length > 0;
}

/** The bars that stamps in [first, last] can name: none before `first`, where a bar opens there and opens count. */
function gridAround(rule: Rule, width: DurationMs, first: EpochMs, last: EpochMs): BarGrid {
  const { calendar, timeframe, convention } = rule;
  const opens = convention === "open" && barGrid(calendar, timeframe, first, first + 1).open.length > 0;
  return barGrid(calendar, timeframe, opens ? first : first - width, last + 1);
}

/** Places stamps in order that all are edges of bars, as in most files; null where one is none. */
function placeExact(stamp: Float64Array, grid: BarGrid, convention: StampConvention): PlacedStamps | null {
  const [edge, otherEdge] = convention === "open" ? [grid.open, grid.close] : [grid.close, grid.open];
  const other = valuesAt(stamp, edge, otherEdge);
  if (other === null) return null;
  const [openTime, closeTime] = convention === "open" ? [stamp, other] : [other, stamp];
  return { openTime, closeTime, verdict: new Uint8Array(stamp.length), grid }; // 0 is PLACED
}

/** The value beside each key, where keys are in order and all among ascending `all`; shares memory without holes. */
function valuesAt(keys: Float64Array, all: Float64Array, values: Float64Array): Float64Array | null {
  const [R, G] = [keys.length, all.length];
  const first = all.indexOf(keys[0]!);
  if (first < 0) return null;
  const same = everyBlock(R, (from, to) => {
    for (let i = from; i < to; i++) if (first + i >= G || keys[i]! !== all[first + i]!) return false;
    return true;
  });
  if (same) return values.subarray(first, first + R);
  const found = new Float64Array(R);
  for (let i = 0, g = first; i < R; i++) {
    const key = keys[i]!;
    while (g < G && all[g]! < key) g++;
    if (g === G || all[g]! !== key) return null;
    found[i] = values[g]!;
  }
  return found;
}

function placeIntraday(
  stamp: Float64Array,
  rows: Int32Array,
  rule: Rule,
  grid: BarGrid,
  out: PlacedStamps,
): void {
  const { calendar, convention } = rule;
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
  const bars = periodBars(calendar, timeframe, from - 35 * DAY, to + 3 * DAY);
  const named = new Map<EpochDay, PeriodBar>();
  for (const bar of bars) for (const day of namesOf(bar, rule)) named.set(day, bar);
  const edges = new Map<EpochMs, PeriodBar>();
  for (const bar of bars) for (const t of edgesOf(bar, rule)) edges.set(t, bar);
  const periods = new Set(bars.map((bar) => bar.period));
  for (const row of rows) {
    const t = stamp[row]!;
    const day = dated[row] === 1 ? t / DAY : dayMeant(t, rule);
    const bar = (dated[row] === 1 ? undefined : edges.get(t)) ?? (day === null ? undefined : named.get(day));
    if (bar) {
      out.openTime[row] = bar.open;
      out.closeTime[row] = bar.close;
      out.verdict[row] = PLACED;
    } else if (isTradingPeriod(day ?? localDay(calendar, t), periods, timeframe) || isInside(bars, t)) {
      out.verdict[row] = OFF_GRID;
    }
  }
}

/** The instants that name a bar: where it opens or where its days are cut from, where it closes or its last day ends. */
function edgesOf({ days, open, close }: PeriodBar, { calendar, convention }: Rule): EpochMs[] {
  const cut = (day: TradingDay): EpochMs => calendar.cutFrom(day.sessions[0]!);
  return convention === "open" ? [cut(days[0]!), open] : [cut(days[days.length - 1]!) + DAY, close];
}

function isInside(bars: readonly PeriodBar[], t: EpochMs): boolean {
  const bar = bars[countWhile(bars.length, (b) => bars[b]!.close <= t)];
  return bar !== undefined && bar.open <= t;
}

/** The dates that name a bar: its first (or last), and those of its first (or last) trading day. */
function namesOf({ days, period }: PeriodBar, { timeframe, convention }: Rule): EpochDay[] {
  const [first, last] = [days[0]!.day, days[days.length - 1]!.day];
  if (timeframe === "1d") return [first];
  if (convention === "open") return [first, timeframe === "1w" ? period : first - civilDate(first).day + 1];
  return [last, timeframe === "1w" ? period + 6 : lastOfMonth(last)];
}

function isTradingPeriod(day: EpochDay, periods: ReadonlySet<number>, timeframe: Timeframe): boolean {
  return periods.has(periodOf(timeframe, day, day - weekdayOf(day)));
}

function localDay(calendar: Calendar, t: EpochMs): EpochDay {
  return dayOfInstant(t, offsetAt(calendar.zone, t));
}

/** The date that a midnight in UTC, or on the market's clock, stands for; null for an instant within a day. */
function dayMeant(t: EpochMs, { calendar, convention }: Rule): EpochDay | null {
  if (calendar.zone !== "UTC" && t % DAY === 0) return t / DAY;
  const local = t + offsetAt(calendar.zone, t);
  if (local % DAY !== 0) return null;
  return convention === "open" ? local / DAY : local / DAY - 1;
}

function lastOfMonth(day: EpochDay): EpochDay {
  const { year, month } = civilDate(day);
  return (month === 12 ? epochDay(year + 1, 1, 1) : epochDay(year, month + 1, 1)) - 1;
}
