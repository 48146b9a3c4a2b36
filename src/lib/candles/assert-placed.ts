import { RhymeError } from "../errors.ts";
import type { Calendar } from "../time/calendar.ts";
import { fixedWidth, type Timeframe } from "../time/timeframe.ts";
import { iso } from "../time/units.ts";
import { eachBlock } from "./blocks.ts";
import { OFF_GRID, OUTSIDE, PLACED, type PlacedStamps, type StampConvention } from "./place-stamps.ts";
import type { RawCandles } from "./raw-candles.ts";

export interface PlacedBy {
  readonly timeframe: Timeframe;
  readonly calendar: Calendar;
  readonly stamp: StampConvention;
}

/**
 * A few stray stamps are defects of the data. Where they show that an option is wrong, all rows would be placed wrong,
 * and some of them counted as known too early.
 * @throws RhymeError "input" where most rows inside sessions fit no bar, where days end at another hour than those of
 *   the calendar, or where stamps read as closes are opens
 */
export function assertPlaced(raw: RawCandles, placed: PlacedStamps, how: PlacedBy): void {
  const { verdict } = placed;
  const [kept, offGrid] = [countOf(verdict, PLACED), countOf(verdict, OFF_GRID)];
  const outside = kept + offGrid === verdict.length ? 0 : countOf(verdict, OUTSIDE);
  if (outside + offGrid === 0) return;
  if (kept <= offGrid) throw noneFits(raw, verdict, offGrid, how);
  if (fixedWidth(how.timeframe) === null && outside > MOST_CLOSED_DAYS * kept)
    throw otherDays(raw, verdict, outside, how);
  if (how.stamp === "close" && fixedWidth(how.timeframe) !== null) assertCloses(raw, placed, how);
}

function noneFits(raw: RawCandles, verdict: Uint8Array, offGrid: number, how: PlacedBy): RhymeError {
  const { stamp, timeframe, calendar } = how;
  const row = verdict.indexOf(offGrid > 0 ? OFF_GRID : OUTSIDE);
  const where = offGrid > 0 ? `${offGrid} of` : "all";
  return new RhymeError("input", {
    place: placeOf(raw, row),
    expected: `the ${stamp} of a ${timeframe} bar of ${calendar.name} (${calendar.zone})`,
    received: `${iso(raw.stamp[row]!)}, and ${where} ${raw.stamp.length} rows fit no bar`,
    remedy:
      "Check --calendar (NAME@UTC where days or bars end at midnight UTC), --zone, --stamp open|close and " +
      "--timeframe, or give finer candles",
  });
}

/**
 * Days on which a market is closed, as a share of those kept, from which on they are other days and no holidays that
 * the calendar does not know. The daily files of currencies in UTC days hold a Sunday for five other days.
 */
const MOST_CLOSED_DAYS = 0.1;

/** Bars on days without a session: their days end at another hour, perhaps later than those of the calendar. */
function otherDays(raw: RawCandles, verdict: Uint8Array, outside: number, how: PlacedBy): RhymeError {
  const { timeframe, calendar } = how;
  const row = verdict.indexOf(OUTSIDE);
  const [base] = calendar.name.split("@");
  return new RhymeError("input", {
    place: placeOf(raw, row),
    expected: `${timeframe} bars of the trading days of ${calendar.name} (${calendar.zone})`,
    received: `${iso(raw.stamp[row]!)}, and ${outside} of ${raw.stamp.length} rows on days without a session, so that bars may end later than they would count as known`,
    remedy: `Give --calendar ${base}@UTC where days end at midnight UTC, 24x7 where every day is one, or check --zone`,
  });
}

/** So many sessions begin with a stamp and none ends with one, before stamps are taken for opens. */
const OPENS = 3;

/**
 * Bars stamped at their open and read as if at their close would be known a bar too early. The first one of a session
 * shows it: nothing closes when the market opens. Only markets that close tell.
 */
function assertCloses(raw: RawCandles, { verdict }: PlacedStamps, { calendar, timeframe }: PlacedBy): void {
  let [opens, first] = [0, -1];
  for (let row = 0; row < verdict.length; row++) {
    const t = raw.stamp[row]!;
    if (verdict[row] !== OUTSIDE || calendar.sessions(t, t + 1)[0]?.open !== t) continue;
    if (opens++ === 0) first = row;
  }
  if (opens < OPENS) return;
  for (let row = 0; row < verdict.length; row++) {
    const t = raw.stamp[row]!;
    if (verdict[row] === PLACED && calendar.sessions(t, t + 1).length === 0) return; // a session ends with it
  }
  throw new RhymeError("input", {
    place: placeOf(raw, first),
    expected: `closes of ${timeframe} bars of ${calendar.name}`,
    received: `${iso(raw.stamp[first]!)}, where the market opens; ${opens} rows are like it and none is at the end of a session`,
    remedy: "Leave --stamp close out: these stamps name the opens of their bars",
  });
}

function placeOf(raw: RawCandles, row: number): string {
  return `${raw.files[raw.file[row]!]!}:${raw.line[row]!}`;
}

export function countOf(bytes: Uint8Array, value: number): number {
  let all = 0;
  eachBlock(bytes.length, (from, to) => {
    let count = 0;
    for (let i = from; i < to; i++) if (bytes[i] === value) count++;
    all += count;
  });
  return all;
}
