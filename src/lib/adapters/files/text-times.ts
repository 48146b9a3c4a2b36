import { civilDate, epochDay } from "../../time/civil.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../time/units.ts";

/** How a date is written whose year stands last. */
export type DateOrder = "dmy" | "mdy";

/** A time as its text says it. */
export interface TextTime {
  /** Ms since 1970-01-01T00:00 on the clock that the text shows. */
  local: number;
  /** How far that clock is ahead of UTC; NaN where the text does not say. */
  offset: number;
  /** Without a time of day. */
  dated: boolean;
  /** The two numbers before a year that stands last; 0 for any other form. */
  first: number;
  second: number;
}

/** A mutable time to be filled by `readTextTime`. */
export function textTime(): TextTime {
  return { local: NaN, offset: NaN, dated: false, first: 0, second: 0 };
}

const CLOCK = String.raw`(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:\s?([AP])\.?M\.?)?`;
const ZONE = String.raw`(?:\s?(Z|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?|UTC|GMT))?`;
const YEAR_FIRST = new RegExp(`^(\\d{4})([-./])(\\d{1,2})\\2(\\d{1,2})(?:[T ]\\s?${CLOCK}${ZONE})?$`, "i");
const YEAR_LAST = new RegExp(
  `^(\\d{1,2})([-./])(\\d{1,2})\\2(\\d{4})(?:(?:T|,? )\\s?${CLOCK}${ZONE})?$`,
  "i",
);
const COMPACT = new RegExp(
  `^(\\d{4})(\\d{2})(\\d{2})(?:[T ]\\s?(?:(\\d{2})(\\d{2})(\\d{2})?|${CLOCK})${ZONE})?$`,
  "i",
);

/**
 * Reads `2024-01-31T09:30:00Z`, `2024.01.31 09:30`, `31.01.2024 09:30:00.000 GMT+0100`, `01/31/2024 9:30 AM`,
 * `20240131 093000`, or a bare date in one of these forms.
 * @param order of a date whose year stands last
 * @returns whether there is such a time
 */
export function readTextTime(text: string, order: DateOrder, out: TextTime): boolean {
  out.first = out.second = 0;
  if (readPlain(text, out)) return true;
  const trimmed = text.trim();
  const yearFirst = YEAR_FIRST.exec(trimmed);
  if (yearFirst) return fill(out, dayNumber(yearFirst[1]!, yearFirst[3]!, yearFirst[4]!), yearFirst.slice(5));
  const yearLast = YEAR_LAST.exec(trimmed);
  if (yearLast) {
    const [, a, , b, year, ...clock] = yearLast as unknown as [string, string, string, string, string];
    [out.first, out.second] = [Number(a), Number(b)];
    return fill(out, order === "dmy" ? dayNumber(year, b, a) : dayNumber(year, a, b), clock);
  }
  const compact = COMPACT.exec(trimmed);
  if (!compact) return false;
  const [, year, month, day, h, m, s, ...clock] = compact;
  return fill(
    out,
    dayNumber(year!, month!, day!),
    h === undefined ? clock : [h, m, s, undefined, undefined, clock[5]],
  );
}

const [ZERO, NINE, COLON, SPACE, T, Z] = [48, 57, 58, 32, 84, 90];

/** The commonest form without a regular expression: `2024-01-31 09:30[:00][Z]`. */
function readPlain(text: string, out: TextTime): boolean {
  const { length } = text;
  if (length < 16 || length > 20 || text.charCodeAt(13) !== COLON) return false;
  const between = text.charCodeAt(10);
  if ((between !== SPACE && between !== T) || text.charCodeAt(4) !== text.charCodeAt(7)) return false;
  const zoned = text.charCodeAt(length - 1) === Z;
  const end = zoned ? length - 1 : length;
  if (end !== 16 && (end !== 19 || text.charCodeAt(16) !== COLON)) return false;
  const mark = text.charCodeAt(4);
  if (mark !== 45 && mark !== 46 && mark !== 47) return false;
  const [h, m, s] = [twoDigits(text, 11), twoDigits(text, 14), end === 19 ? twoDigits(text, 17) : 0];
  const [month, day] = [twoDigits(text, 5), twoDigits(text, 8)];
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  // NaN from a character that is no digit fails every comparison.
  if (!(h < 24 && m < 60 && s < 60 && year >= 0 && month >= 1 && day >= 1)) return false;
  out.local = checkedDay(year, month, day) * DAY + h * HOUR + m * MINUTE + s * SECOND;
  out.offset = zoned ? 0 : NaN;
  out.dated = false;
  return !Number.isNaN(out.local);
}

function twoDigits(text: string, at: number): number {
  const [a, b] = [text.charCodeAt(at), text.charCodeAt(at + 1)];
  return a >= ZERO && a <= NINE && b >= ZERO && b <= NINE ? (a - ZERO) * 10 + b - ZERO : NaN;
}

/** Fills in what stands behind the date: hour, minute, second, fraction, A or P, zone. */
function fill(
  out: TextTime,
  day: number,
  [h, m, s, fraction, half, zone]: readonly (string | undefined)[],
): boolean {
  if (Number.isNaN(day)) return false;
  out.dated = h === undefined;
  const clock = timeOfDay(Number(h ?? 0), Number(m ?? 0), Number(s ?? 0), half);
  const ms = fraction ? Math.floor(Number(`0.${fraction}`) * 1000) : 0;
  out.local = day * DAY + clock + ms;
  out.offset = zone === undefined ? NaN : offsetOf(zone);
  return !Number.isNaN(out.local);
}

/** Ms since midnight; 24:00 is the midnight that follows. */
function timeOfDay(h: number, m: number, s: number, half: string | undefined): number {
  if (m > 59 || s > 59 || h > 24 || (h === 24 && m + s > 0)) return NaN;
  if (half === undefined) return h * HOUR + m * MINUTE + s * SECOND;
  if (h < 1 || h > 12) return NaN;
  return ((h % 12) + (half.toUpperCase() === "P" ? 12 : 0)) * HOUR + m * MINUTE + s * SECOND;
}

let lastDate = NaN;
let lastDay = NaN;

/** Day number of a date, NaN for 30 February and for month 13. Rows of one day follow each other. */
export function checkedDay(year: number, month: number, day: number): number {
  const date = (year * 100 + month) * 100 + day;
  if (date === lastDate) return lastDay;
  const number = epochDay(year, month, day);
  const back = civilDate(number);
  lastDate = date;
  lastDay = back.year === year && back.month === month && back.day === day ? number : NaN;
  return lastDay;
}

function dayNumber(year: string, month: string, day: string): number {
  return checkedDay(Number(year), Number(month), Number(day));
}

function offsetOf(zone: string): number {
  const signed = zone.replace(/^(utc|gmt)/i, "");
  if (signed === "" || /^z$/i.test(signed)) return 0;
  const digits = signed.slice(1).replace(":", "").padStart(2, "0");
  const minutes = Number(digits.length > 2 ? digits.slice(-2) : 0);
  const hours = Number(digits.length > 2 ? digits.slice(0, -2) : digits);
  return (signed[0] === "-" ? -1 : 1) * (hours * HOUR + minutes * MINUTE);
}

const TIME_OF_DAY = new RegExp(`^\\s*${CLOCK}\\s*$`, "i");

/** `09:30`, `9:30:00 AM`, or `0930` and `093000` beside a date. */
export function isTimeOfDay(text: string): boolean {
  return TIME_OF_DAY.test(text) || /^\s*([01]\d|2[0-3])[0-5]\d([0-5]\d)?\s*$/.test(text);
}

const scratch = textTime();

/** A date without a time, `20240131` included. */
export function isBareDate(text: string): boolean {
  return (readTextTime(text, "dmy", scratch) || readTextTime(text, "mdy", scratch)) && scratch.dated;
}

/** A number large enough to be an epoch, a date, or a date with a time. */
export function isTimestamp(text: string): boolean {
  if (readTextTime(text, "dmy", scratch) || readTextTime(text, "mdy", scratch)) return true;
  return /^\s*\d{8,19}(\.\d+)?\s*$/.test(text);
}
