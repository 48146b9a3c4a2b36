import { DAY, type EpochMs } from "./units.ts";

/** Calendar dates as day numbers: days since 1970-01-01, a Thursday. Proleptic Gregorian, no zone. */
export type EpochDay = number;

export interface CivilDate {
  readonly year: number;
  readonly month: number; // 1..12
  readonly day: number; // 1..31
}

export function epochDay(year: number, month: number, day: number): EpochDay {
  return Date.UTC(year, month - 1, day) / DAY;
}

export function civilDate(day: EpochDay): CivilDate {
  const date = new Date(day * DAY);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** `YYYY-MM-DD`. */
export function isoDate(day: EpochDay): string {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

/** The day of an ISO date, `YYYY-MM-DD`; NaN for anything else. */
export function dayOfDate(date: string): EpochDay {
  return Date.parse(date) / DAY;
}

/** Monday = 0 … Sunday = 6. */
export function weekdayOf(day: EpochDay): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** The date of an instant on a clock that is `offset` ahead of UTC. */
export function dayOfInstant(t: EpochMs, offset: number): EpochDay {
  return Math.floor((t + offset) / DAY);
}
