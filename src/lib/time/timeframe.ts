import { RhymeError } from "../errors.ts";
import { DAY, HOUR, MINUTE, type DurationMs } from "./units.ts";

/** `5m`, `30m`, `1h`, `4h`, `1d`, `1w`, `1mo` … : a count and a unit (m minutes, h hours, d days, w weeks, mo months). */
export type Timeframe = string;

export type TimeframeUnit = "m" | "h" | "d" | "w" | "mo";

export interface ParsedTimeframe {
  /** The one spelling of this width: `60m` is named `1h`. */
  readonly name: Timeframe;
  readonly count: number;
  readonly unit: TimeframeUnit;
}

const parsed = new Map<string, ParsedTimeframe>();

/**
 * Reads a timeframe. Minutes and hours must divide a day, since bars are cut anew in each session; days, weeks
 * and months come singly.
 * @throws RhymeError "usage"
 */
export function parseTimeframe(text: Timeframe): ParsedTimeframe {
  const seen = parsed.get(text);
  if (seen) return seen;
  const match = /^([1-9]\d{0,3})(m|h|d|w|mo)$/.exec(text);
  if (!match) throw unknownTimeframe(text);
  const made = canonical(text, Number(match[1]), match[2] as TimeframeUnit);
  parsed.set(text, made);
  return made;
}

function canonical(text: string, count: number, unit: TimeframeUnit): ParsedTimeframe {
  if (unit === "d" || unit === "w" || unit === "mo") {
    if (count !== 1) throw unknownTimeframe(text);
    return { name: text, count, unit };
  }
  const minutes = unit === "h" ? count * 60 : count;
  if (minutes >= 1440 || 1440 % minutes !== 0) throw unknownTimeframe(text);
  return minutes % 60 === 0
    ? { name: `${minutes / 60}h`, count: minutes / 60, unit: "h" }
    : { name: `${minutes}m`, count: minutes, unit: "m" };
}

function unknownTimeframe(text: string): RhymeError {
  return new RhymeError("usage", {
    place: "timeframe",
    expected: "minutes or hours that divide a day (1m, 5m, 30m, 1h, 4h …) or one of 1d, 1w, 1mo",
    received: JSON.stringify(text),
    remedy: "Write a count and a unit without a space, months as mo, a whole day as 1d",
  });
}

/** Width in ms for minutes and hours; null for d, w, mo, whose length the calendar decides. */
export function fixedWidth(timeframe: Timeframe): DurationMs | null {
  const { count, unit } = parseTimeframe(timeframe);
  if (unit === "m") return count * MINUTE;
  return unit === "h" ? count * HOUR : null;
}

/** Milliseconds of one bar by name, whatever its sessions: a day, a week, a month of 30 days. */
export function nominalWidth(timeframe: Timeframe): DurationMs {
  const { unit } = parseTimeframe(timeframe);
  return fixedWidth(timeframe) ?? (unit === "d" ? DAY : unit === "w" ? 7 * DAY : 30 * DAY);
}

/** Negative where `a` is finer than `b`. */
export function compareTimeframes(a: Timeframe, b: Timeframe): number {
  return nominalWidth(a) - nominalWidth(b);
}

/** A new list in canonical names, without repeats, fine to coarse. */
export function sortTimeframes(timeframes: readonly Timeframe[]): Timeframe[] {
  return [...new Set(timeframes.map((t) => parseTimeframe(t).name))].sort(compareTimeframes);
}

/** Whether every bar of `coarse` is made of whole bars of `fine` on every calendar. */
export function nests(fine: Timeframe, coarse: Timeframe): boolean {
  const [a, b] = [fixedWidth(fine), fixedWidth(coarse)];
  if (a !== null) return b === null || b % a === 0;
  if (b !== null) return false;
  return parseTimeframe(fine).unit === "d" || parseTimeframe(fine).name === parseTimeframe(coarse).name;
}

/**
 * Every timeframe must be made of whole bars of the finest, from which it is resampled (1d, 1w, 1mo nest although
 * weeks cross months).
 * @throws RhymeError "usage"
 */
export function assertNested(timeframes: readonly Timeframe[]): void {
  const [base, ...higher] = sortTimeframes(timeframes);
  for (const timeframe of higher) {
    if (nests(base!, timeframe)) continue;
    throw new RhymeError("usage", {
      place: "timeframes",
      expected: `timeframes made of whole bars of the finest, ${base}`,
      received: timeframe,
      remedy: `Leave out ${timeframe} or ${base}, or begin with a timeframe that divides both`,
    });
  }
}
