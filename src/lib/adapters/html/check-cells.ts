import { isStandingError, type Finding } from "../../candles/finding.ts";
import type { GapLedger } from "../../candles/gap-ledger.ts";
import type { Calendar } from "../../time/calendar.ts";
import { civilDate, dayOfInstant, epochDay, isoDate, weekdayOf, type EpochDay } from "../../time/civil.ts";
import { fixedWidth } from "../../time/timeframe.ts";
import { tradingDays } from "../../time/trading-days.ts";
import { DAY, HOUR, type EpochMs } from "../../time/units.ts";
import { offsetAt } from "../../time/zone.ts";

export type CellUnit = "hour" | "day" | "week" | "month";

/** One hour, day, week or month of a calendar of bars. */
export interface Cell {
  readonly column: number;
  readonly row: number;
  readonly expected: number;
  readonly known: number;
  /** Whether an error was found there that no rule repaired. */
  readonly flagged: boolean;
  /** Our own words: dates and counts only. */
  readonly says: string;
}

export interface CalendarCells {
  readonly unit: CellUnit;
  readonly cells: readonly Cell[];
  readonly rows: number;
  readonly columns: number;
  readonly rowNames: readonly Name[];
  readonly columnNames: readonly Name[];
}

/** What stands beside a row or above a column. */
export interface Name {
  readonly at: number;
  readonly text: string;
}

interface Tally {
  expected: number;
  known: number;
  flagged: boolean;
}

const NONE: Tally = { expected: 0, known: 0, flagged: false };
const SHORT = 70; // days; shorter histories are drawn in hours
const LONG = 3.2 * 366; // longer ones in weeks
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const YEAR_ROWS = 8; // seven days and a space

/** Expected and known bars on the market's clock, in the unit that the length of the history and the bars ask for. */
export function calendarCells(
  calendar: Calendar,
  ledger: GapLedger,
  findings: readonly Finding[],
): CalendarCells | null {
  const { open, close, timeframe } = ledger.grid;
  if (open.length === 0) return null;
  const span = (close.at(-1)! - open[0]!) / DAY;
  const width = fixedWidth(timeframe);
  const errors = findings.flatMap((f) => (f.time !== null && isStandingError(f) ? [f.time] : []));
  if (width !== null && width <= HOUR && span <= SHORT) return hourCells(calendar, ledger, errors);
  const days = tallies(calendar, ledger);
  for (const time of errors) {
    const day = days.get(dayOfInstant(time, offsetAt(calendar.zone, time)));
    if (day) day.flagged = true;
  }
  if (timeframe === "1mo") return coarseCells(days, "month");
  return timeframe === "1w" || span > LONG ? coarseCells(days, "week") : dayCells(days);
}

/** Days to the right, hours downwards. */
function hourCells(
  calendar: Calendar,
  { grid, known }: GapLedger,
  errors: readonly EpochMs[],
): CalendarCells {
  const clock = (t: EpochMs): number => Math.floor((t + offsetAt(calendar.zone, t)) / HOUR);
  const hours = new Map<number, Tally>();
  for (let g = 0; g < grid.open.length; g++) add(hours, clock(grid.open[g]!), known[g]!);
  for (const time of errors) {
    const hour = hours.get(clock(time));
    if (hour) hour.flagged = true;
  }
  const first = Math.floor(clock(grid.open[0]!) / 24);
  const columns = Math.floor(clock(grid.open.at(-1)!) / 24) - first + 1;
  const cells = Array.from({ length: columns * 24 }, (_, i) => {
    const [column, row] = [Math.floor(i / 24), i % 24];
    const tally = hours.get((first + column) * 24 + row) ?? NONE;
    const when = `${isoDate(first + column)} ${String(row).padStart(2, "0")}:00`;
    return { column, row, ...tally, says: saying(when, tally) };
  });
  const mondays = Array.from({ length: columns }, (_, at) => at).filter((at) => weekdayOf(first + at) === 0);
  return {
    unit: "hour",
    cells,
    rows: 24,
    columns: Math.max(columns, 54),
    rowNames: [0, 6, 12, 18].map((at) => ({ at, text: `${String(at).padStart(2, "0")}:00` })),
    columnNames: (mondays.length > 0 ? mondays : [0]).map((at) => ({ at, text: dayAndMonth(first + at) })),
  };
}

function dayAndMonth(day: EpochDay): string {
  const date = civilDate(day);
  return `${date.day} ${MONTHS[date.month - 1]!}`;
}

interface DayTally extends Tally {
  /** Monday of the week that the day counts to. */
  readonly week: EpochDay;
}

/** Bars by trading date, ascending: never the local date on which a bar opens. */
function tallies(calendar: Calendar, { grid, known }: GapLedger): Map<EpochDay, DayTally> {
  const days = new Map<EpochDay, DayTally>();
  const G = grid.open.length;
  const trading = tradingDays(calendar, grid.open[0]!, grid.close[G - 1]!);
  for (let g = 0, k = 0; g < G; g++) {
    while (k + 1 < trading.length && trading[k]!.close <= grid.open[g]!) k++;
    const { day, week } = trading[k]!;
    const tally = days.get(day) ?? { ...NONE, week };
    tally.expected++;
    tally.known += known[g]!;
    days.set(day, tally);
  }
  return days;
}

function add(tallied: Map<number, Tally>, key: number, known: number): void {
  const tally = tallied.get(key) ?? { ...NONE };
  tally.expected++;
  tally.known += known;
  tallied.set(key, tally);
}

/** Weeks to the right, weekdays downwards, year below year. */
function dayCells(days: ReadonlyMap<EpochDay, Tally>): CalendarCells {
  const all = [...days.keys()];
  const [first, last] = [all[0]!, all.at(-1)!];
  const from = civilDate(first).year;
  const cells = Array.from({ length: last - first + 1 }, (_, i) => {
    const { year } = civilDate(first + i);
    const newYear = epochDay(year, 1, 1);
    const tally = days.get(first + i) ?? NONE;
    return {
      column: Math.floor((first + i - newYear + weekdayOf(newYear)) / 7),
      row: (year - from) * YEAR_ROWS + weekdayOf(first + i),
      ...tally,
      says: saying(isoDate(first + i), tally),
    };
  });
  return { unit: "day", cells, ...years(from, civilDate(last).year, YEAR_ROWS, 54) };
}

/** Weeks belong to the year of their Thursday, as in ISO 8601, so that a year has 52 or 53 of them. */
function coarseCells(days: ReadonlyMap<EpochDay, DayTally>, unit: "week" | "month"): CalendarCells {
  const home = (day: EpochDay): EpochDay => (unit === "week" ? days.get(day)!.week + 3 : day);
  const from = civilDate(home([...days.keys()][0]!)).year;
  const cells = new Map<string, Cell>();
  for (const [day, tally] of days) {
    const { year, month } = civilDate(home(day));
    const column = unit === "month" ? month - 1 : Math.floor((home(day) - epochDay(year, 1, 1)) / 7);
    const when = unit === "week" ? `week of ${isoDate(tally.week)}` : isoDate(day).slice(0, 7);
    const before = cells.get(when) ?? NONE;
    const sum = {
      expected: before.expected + tally.expected,
      known: before.known + tally.known,
      flagged: before.flagged || tally.flagged,
    };
    cells.set(when, { column, row: year - from, ...sum, says: saying(when, sum) });
  }
  const rows = [...cells.values()];
  return { unit, cells: rows, ...years(from, from + rows.at(-1)!.row, 1, unit === "month" ? 12 : 54) };
}

function years(
  from: number,
  to: number,
  rows: number,
  columns: number,
): Omit<CalendarCells, "unit" | "cells"> {
  const names = Array.from({ length: to - from + 1 }, (_, i) => ({ at: i * rows, text: String(from + i) }));
  const months = MONTHS.map((text, m) => ({ at: (m * columns) / 12, text }));
  return { rows: rows * names.length, columns, rowNames: names, columnNames: months };
}

function saying(when: string, { expected, known, flagged }: Tally): string {
  if (expected === 0) return `${when}: closed`;
  const missing = expected - known;
  const bars = expected === 1 ? "the bar" : `${expected} bars`;
  const gone = missing === 0 ? `${bars} known` : `${missing} of ${bars} missing`;
  return `${when}: ${gone}${flagged ? ", an error" : ""}`;
}
