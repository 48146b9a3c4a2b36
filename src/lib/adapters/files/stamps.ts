import { civilDate, epochDay } from "../../time/civil.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../time/units.ts";
import { instantOf, type ZoneName } from "../../time/zone.ts";
import type { ColumnValues } from "./table.ts";

export interface ReadStamps {
  /** Epoch ms, NaN where nothing could be read; a bare date is its midnight in UTC. [R] */
  readonly stamp: Float64Array;
  /** 1 where the stamp is a bare date. [R] */
  readonly dated: Uint8Array;
  /** What had to be assumed, in words. */
  readonly assumptions: readonly string[];
}

/** Nobody's candles: a misread unit or a damaged field. */
const EARLIEST = Date.UTC(1800, 0, 1);
const LATEST = Date.UTC(2200, 0, 1);

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** A finite number in plain or scientific notation, NaN for anything else. */
export function parseNumber(text: string): number {
  const trimmed = text.trim();
  return NUMBER.test(trimmed) ? Number(trimmed) : NaN;
}

/**
 * Reads a time column: numbers are epoch s, ms, µs or ns by their size (or YYYYMMDD), text is ISO 8601 with or
 * without zone, or a bare date.
 * @param zone where text without a zone is at home
 */
export function readStamps(column: ColumnValues, zone: ZoneName): ReadStamps {
  switch (column.kind) {
    case "instants":
      return plausible(column.values.slice(), new Uint8Array(column.values.length), []);
    case "dates":
      return plausible(column.values.slice(), new Uint8Array(column.values.length).fill(1), [DATES]);
    case "wall":
      return plausible(
        column.values.map((local) => instantOf(zone, local)),
        new Uint8Array(column.values.length),
        [inZone(zone)],
      );
    case "numbers":
      return fromNumbers(column.values);
    case "text": {
      const sample = column.values.find((text) => text.trim() !== "");
      const numeric = sample !== undefined && !Number.isNaN(parseNumber(sample));
      return numeric
        ? fromNumbers(Float64Array.from(column.values, parseNumber))
        : fromText(column.values, zone);
    }
  }
}

const DATES = "a bare date means that session of the calendar";

function inZone(zone: ZoneName): string {
  return `times without a zone are read as ${zone}`;
}

function plausible(stamp: Float64Array, dated: Uint8Array, assumptions: readonly string[]): ReadStamps {
  for (let i = 0; i < stamp.length; i++) {
    if (!(stamp[i]! >= EARLIEST && stamp[i]! < LATEST)) stamp[i] = NaN;
  }
  return { stamp, dated, assumptions };
}

const UNITS = [
  { name: "seconds", below: 1e11, toMs: (x: number) => Math.round(x * 1000) },
  { name: "milliseconds", below: 1e14, toMs: (x: number) => Math.round(x) },
  { name: "microseconds", below: 1e17, toMs: (x: number) => Math.floor(x / 1e3) },
  { name: "nanoseconds", below: Infinity, toMs: (x: number) => Math.floor(x / 1e6) },
];

function fromNumbers(values: Float64Array): ReadStamps {
  const sizes = values.subarray(0, 2001).filter((x) => Number.isFinite(x) && x !== 0);
  const typical = Math.abs(sizes.sort()[sizes.length >> 1] ?? 0);
  if (isCompactDate(typical)) return fromCompactDates(values);
  const unit = UNITS.find(({ below }) => typical < below)!;
  // A stamp of exactly 0 is an empty field that somebody filled.
  const stamp = values.map((x) => (x === 0 ? NaN : unit.toMs(x)));
  return plausible(stamp, new Uint8Array(values.length), [`numeric timestamps are epoch ${unit.name}`]);
}

/** 20240131: as epoch seconds it would lie in August 1970. */
function isCompactDate(x: number): boolean {
  if (!Number.isInteger(x) || x < 1800_01_01 || x > 2199_12_31) return false;
  const [month, day] = [Math.floor(x / 100) % 100, x % 100];
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

function fromCompactDates(values: Float64Array): ReadStamps {
  const stamp = values.map((x) =>
    isCompactDate(x) ? checkedDay(Math.floor(x / 1e4), Math.floor(x / 100) % 100, x % 100) * DAY : NaN,
  );
  return plausible(stamp, new Uint8Array(values.length).fill(1), ["timestamps are dates, YYYYMMDD", DATES]);
}

/** NaN for 30 February and for month 13. */
function checkedDay(year: number, month: number, day: number): number {
  const number = epochDay(year, month, day);
  const date = civilDate(number);
  return date.year === year && date.month === month && date.day === day ? number : NaN;
}

const ISO =
  /^(\d{4})([-./])(\d{2})\2(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|UTC|[+-]\d{2}(?::?\d{2})?)?)?$/i;

function fromText(texts: readonly string[], zone: ZoneName): ReadStamps {
  const stamp = new Float64Array(texts.length);
  const dated = new Uint8Array(texts.length);
  let [dates, unzoned] = [0, 0];
  for (let i = 0; i < texts.length; i++) {
    const match = ISO.exec(texts[i]!.trim());
    const local = match ? localOf(match) : NaN;
    stamp[i] = local;
    if (!match) continue;
    if (match[5] === undefined) {
      dated[i] = 1;
      dates++;
    } else if (match[9] !== undefined) stamp[i] = local - offsetOf(match[9]);
    else {
      unzoned++;
      stamp[i] = Number.isNaN(local) ? NaN : instantOf(zone, local);
    }
  }
  return plausible(stamp, dated, [...(dates > 0 ? [DATES] : []), ...(unzoned > 0 ? [inZone(zone)] : [])]);
}

/** Ms since 1970 on the clock that the text shows; NaN where there is no such time. */
function localOf(match: RegExpExecArray): number {
  const [h, m, s] = [Number(match[5] ?? 0), Number(match[6] ?? 0), Number(match[7] ?? 0)];
  if (h > 24 || m > 59 || s > 59 || (h === 24 && m + s > 0)) return NaN;
  const fraction = match[8] ? Math.floor(Number(`0.${match[8]}`) * 1000) : 0;
  const day = checkedDay(Number(match[1]), Number(match[3]), Number(match[4]));
  return day * DAY + h * HOUR + m * MINUTE + s * SECOND + fraction;
}

function offsetOf(zone: string): number {
  if (/^(z|utc)$/i.test(zone)) return 0;
  const digits = zone.slice(1).replace(":", "");
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || 0);
  return (zone[0] === "-" ? -minutes : minutes) * MINUTE;
}
