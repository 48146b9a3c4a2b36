import { eachBlock, everyBlock } from "../../candles/blocks.ts";
import type { EpochMs } from "../../time/units.ts";
import { DAY } from "../../time/units.ts";
import type { ZoneName } from "../../time/zone.ts";
import { fileError } from "./read-bytes.ts";
import { checkedDay, readTextTime, textTime, type DateOrder } from "./text-times.ts";
import type { ColumnValues } from "./table.ts";
import { instantsOfWall } from "./wall-clock.ts";

export interface StampOptions {
  /** Where times without a zone are at home. */
  readonly zone: ZoneName;
  /** Whether somebody named the zone. */
  readonly zoneSaid?: boolean;
  /** Stamps that read as UTC are the wall clock of `zone`, written as if it were UTC. */
  readonly wall?: boolean;
  /** How dates are written whose year stands last; default: told by the column. */
  readonly dates?: DateOrder;
  /** For errors. */
  readonly place?: string;
}

export interface ReadStamps {
  /** Epoch ms, NaN where nothing could be read; a bare date is its midnight in UTC. [R] */
  readonly stamp: Float64Array;
  /** 1 where the stamp is a bare date. [R] */
  readonly dated: Uint8Array;
  /** Local times that the clock of the zone skips, by row; their stamp is NaN. */
  readonly skipped: ReadonlyMap<number, EpochMs>;
  /** What had to be assumed, in words. */
  readonly assumptions: readonly string[];
}

/** Nobody's candles: a misread unit or a damaged field. */
const EARLIEST = Date.UTC(1800, 0, 1);
const LATEST = Date.UTC(2200, 0, 1);

const NONE: ReadonlyMap<number, EpochMs> = new Map();
const DATES = "a bare date means that session of the calendar";

/**
 * Reads a time column: numbers are epoch s, ms, µs or ns by their size (or YYYYMMDD), text is ISO 8601 with or
 * without zone, another common form of a date with or without a time, or a bare date.
 * @param clock the time of day of each row, where the column holds dates alone
 * @throws RhymeError "input" where the order of day and month cannot be told
 */
export function readStamps(column: ColumnValues, options: StampOptions, clock?: ColumnValues): ReadStamps {
  if (clock) return fromText(joined(column, clock), options);
  switch (column.kind) {
    case "instants":
      return ofUtc(column.values.slice(), options, []);
    case "dates":
      return plausible(column.values.slice(), new Uint8Array(column.values.length).fill(1), [DATES]);
    case "wall":
      return fromWall(column.values, new Uint8Array(column.values.length), options, []);
    case "numbers":
      return fromNumbers(column.values, options);
    case "text": {
      const sample = column.values.find((text) => text.trim() !== "") ?? "";
      const numeric = /^\s*\d+(\.\d*)?\s*$/.test(sample);
      return numeric
        ? fromNumbers(
            Float64Array.from(column.values, (text) => (text.trim() === "" ? NaN : Number(text))),
            options,
          )
        : fromText(column.values, options);
    }
  }
}

function joined(date: ColumnValues, clock: ColumnValues): string[] {
  const textOf = (column: ColumnValues, i: number): string =>
    column.kind === "numbers" && column.cell ? column.cell(i) : String(column.values[i]!);
  return Array.from(
    { length: date.values.length },
    (_, i) => `${textOf(date, i).trim()} ${textOf(clock, i).trim()}`,
  );
}

/** Stamps far from any market become NaN. */
function plausible(
  stamp: Float64Array,
  dated: Uint8Array,
  assumptions: readonly string[],
  skipped: ReadonlyMap<number, EpochMs> = NONE,
): ReadStamps {
  eachBlock(stamp.length, (from, to) => {
    for (let i = from; i < to; i++) if (!(stamp[i]! >= EARLIEST && stamp[i]! < LATEST)) stamp[i] = NaN;
  });
  return { stamp, dated, assumptions, skipped };
}

/** Stamps that say UTC, which `wall` does not believe. */
function ofUtc(stamp: Float64Array, options: StampOptions, notes: readonly string[]): ReadStamps {
  const { zone, zoneSaid, wall } = options;
  const dated = new Uint8Array(stamp.length);
  const idle = `--zone ${zone} changes nothing, since the timestamps are instants (--wall: they are its clock)`;
  if (!wall) return plausible(stamp, dated, zoneSaid && zone !== "UTC" ? [...notes, idle] : notes);
  const clock = `timestamps are the clock of ${zone}, written as if it were UTC`;
  return fromWall(stamp, dated, { zone }, [...notes, clock]);
}

/** Local times, and bare dates among them, as instants. */
function fromWall(
  local: Float64Array,
  dated: Uint8Array,
  { zone }: StampOptions,
  notes: readonly string[],
): ReadStamps {
  const times = dated.includes(1) ? local.map((t, i) => (dated[i] ? NaN : t)) : local;
  const { stamp, twice } = instantsOfWall(zone, times);
  const skipped = new Map<number, EpochMs>();
  for (let i = 0; i < stamp.length; i++) {
    if (dated[i]) stamp[i] = local[i]!;
    else if (Number.isNaN(stamp[i]!) && local[i]! >= EARLIEST && local[i]! < LATEST)
      skipped.set(i, local[i]!);
  }
  const assumptions = notes.length > 0 ? [...notes] : [`times without a zone are read as ${zone}`];
  if (twice > 0) {
    const rows = `${twice} ${twice === 1 ? "row shows" : "rows show"} a time that the clock of ${zone} shows twice`;
    assumptions.push(`${rows}: read as the first hour, or the second where rows pass through it again`);
  }
  return plausible(stamp, dated, assumptions, skipped);
}

const UNITS = [
  { name: "seconds", below: 1e11, toMs: (x: number) => Math.round(x * 1000) },
  { name: "milliseconds", below: 1e14, toMs: (x: number) => (Number.isInteger(x) ? x : NaN) },
  { name: "microseconds", below: 1e17, toMs: (x: number) => Math.floor(x / 1e3) },
  // A double holds ns of our age to 256 ns, which must not cost a whole ms.
  { name: "nanoseconds", below: Infinity, toMs: (x: number) => Math.floor(x / 1e6 + 0.0005) },
];

function fromNumbers(values: Float64Array, options: StampOptions): ReadStamps {
  const sizes = values.subarray(0, 2001).filter((x) => Number.isFinite(x) && x !== 0);
  const typical = Math.abs(sizes.sort()[sizes.length >> 1] ?? 0);
  if (isCompactDate(typical)) return fromCompactDates(values);
  const { name, toMs } = UNITS.find(({ below }) => typical < below)!;
  const stamp = name === "milliseconds" && areInstants(values) ? values : new Float64Array(values.length);
  if (stamp !== values) {
    for (let i = 0; i < stamp.length; i++) {
      const t = toMs(values[i]!);
      // A stamp around 0 is an empty field that somebody filled, or what is left of a number.
      stamp[i] = Math.abs(t) < DAY ? NaN : t;
    }
  }
  return ofUtc(stamp, options, [`numeric timestamps are epoch ${name}`]);
}

/** Whether every number is a plausible instant after 1970 as it stands, as in most files: then there is nothing to do. */
function areInstants(values: Float64Array): boolean {
  return everyBlock(values.length, (from, to) => {
    for (let i = from; i < to; i++) {
      const x = values[i]!;
      if (!(x >= DAY && x < LATEST && x === Math.floor(x))) return false;
    }
    return true;
  });
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

function fromText(texts: readonly string[], options: StampOptions): ReadStamps {
  const order = options.dates ?? orderOf(texts, options.place ?? "timestamps");
  const R = texts.length;
  const [local, zoned, dated] = [new Float64Array(R).fill(NaN), new Uint8Array(R), new Uint8Array(R)];
  const time = textTime();
  let [dates, unzoned, yearLast] = [0, 0, 0];
  for (let i = 0; i < R; i++) {
    if (!readTextTime(texts[i]!, order ?? "dmy", time) || (time.first > 0 && order === null)) continue;
    local[i] = time.local;
    if (time.first > 0) yearLast++;
    const believed = !Number.isNaN(time.offset) && !(options.wall && time.offset === 0);
    if (time.dated) {
      dated[i] = 1;
      dates++;
    } else if (believed) {
      local[i] = time.local - time.offset;
      zoned[i] = 1;
    } else unzoned++;
  }
  const notes = [
    ...(yearLast > 0 ? [`dates are ${order === "mdy" ? "month/day/year" : "day/month/year"}`] : []),
    ...(dates > 0 ? [DATES] : []),
  ];
  if (unzoned === 0) return plausible(local, dated, notes);
  // Instants need no clock: as "dated" they pass through untouched.
  const fixed = dated.map((d, i) => d | zoned[i]!);
  const read = fromWall(local, fixed, options, []);
  return { ...read, dated, assumptions: [...notes, ...read.assumptions] };
}

/**
 * The order of day and month in dates whose year stands last, told by every such date of the column together; null
 * where hardly any row holds one, so that they are damaged rows among others.
 * @throws RhymeError "input" where no date tells
 */
function orderOf(texts: readonly string[], place: string): DateOrder | null {
  const time = textTime();
  let [dayFirst, monthFirst, found, filled, example] = [0, 0, 0, 0, ""];
  for (const text of texts) {
    if (text.trim() !== "") filled++;
    if (beginsWithYear(text)) continue;
    readTextTime(text, "dmy", time);
    if (time.first === 0) continue;
    found++;
    if (example === "") example = text;
    if (time.first > 12) dayFirst++;
    else if (time.second > 12) monthFirst++;
  }
  if (found * 2 <= filled) return null;
  if (dayFirst !== monthFirst) return dayFirst > monthFirst ? "dmy" : "mdy";
  throw fileError(
    place,
    "dates of which one tells the day from the month, such as 31.01.2024",
    `${JSON.stringify(example.slice(0, 40))}, which could be either`,
    "Give --dates dmy or --dates mdy",
  );
}

function beginsWithYear(text: string): boolean {
  for (let i = 0; i < 4; i++) {
    const code = text.charCodeAt(i);
    if (!(code >= 48 && code <= 57)) return false;
  }
  return true;
}
