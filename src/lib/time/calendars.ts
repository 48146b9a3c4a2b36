import { RhymeError } from "../errors.ts";
import { calendar24x7 } from "./calendar-24x7.ts";
import { calendarFx } from "./calendar-fx.ts";
import { calendarUsEquities } from "./calendar-us-equities.ts";
import { calendarUsFutures } from "./calendar-us-futures.ts";
import type { Calendar } from "./calendar.ts";
import { checkCalendar } from "./check-calendar.ts";
import { derivedCalendar } from "./derived-calendar.ts";
import { assertZone } from "./zone.ts";

/** A new calendar of ours is one file and one entry here; a user's is registered. */
const CALENDARS: readonly Calendar[] = [calendar24x7, calendarUsEquities, calendarFx, calendarUsFutures];

/** The calendars that come with the library. */
export const CALENDAR_NAMES: readonly string[] = CALENDARS.map((c) => c.name);

/** Also holds derived calendars once they were asked for: one name is one object. */
const byName = new Map(CALENDARS.map((calendar) => [calendar.name, calendar]));

/** Base calendars by name, those of the user after ours. */
function calendarNames(): string[] {
  return [...byName.keys()].filter((name) => !name.includes("@"));
}

/**
 * Makes a calendar known by its name, for the life of the process. Candles in a memory name their calendar, so
 * register it before a memory that uses it is opened. Giving the same object again changes nothing.
 * @throws RhymeError "input" where it breaks the contract of `Calendar`, or the name is taken
 */
export function registerCalendar(calendar: Calendar): void {
  checkCalendar(calendar);
  const known = byName.get(calendar.name);
  if (known === calendar) return;
  if (known) {
    throw new RhymeError("input", {
      place: `calendar ${calendar.name}`,
      expected: `a name other than ${calendarNames().join(", ")}`,
      received: JSON.stringify(calendar.name),
      remedy: "Give the calendar a name of its own",
    });
  }
  byName.set(calendar.name, calendar);
}

/**
 * A calendar by its name, or `NAME@ZONE`: its open hours in days of another zone (see `derivedCalendar`). The same
 * name gives the same object.
 * @throws RhymeError "usage" for a name that is unknown, or a zone that is
 */
export function calendarByName(name: string): Calendar {
  const known = byName.get(name);
  if (known) return known;
  const at = name.indexOf("@");
  const base = at > 0 ? byName.get(name.slice(0, at)) : undefined;
  if (!base) throw unknownCalendar(name);
  const zone = name.slice(at + 1);
  assertZone(zone);
  const derived = derivedCalendar(base, zone);
  byName.set(name, derived);
  return derived;
}

function unknownCalendar(name: string): RhymeError {
  return new RhymeError("usage", {
    place: "calendar",
    expected: `one of ${calendarNames().join(", ")}, or NAME@ZONE such as fx@UTC`,
    received: JSON.stringify(name),
    remedy: "Choose one of them, or load your own: ./rhyme --calendars FILE <command>",
  });
}

/** Whether `calendarByName` knows it. */
export function isCalendarName(name: string): boolean {
  try {
    return calendarByName(name).name === name;
  } catch (error) {
    if (error instanceof RhymeError) return false;
    throw error;
  }
}

/** All calendars in lines for people, one each, and how to derive another. */
export function describeCalendars(): string {
  const names = calendarNames();
  const width = Math.max(...names.map((name) => name.length), "NAME@ZONE".length);
  const line = (name: string, about: string): string => `${name.padEnd(width)}  ${about}`.trimEnd();
  return [
    ...names.map((name) => line(name, byName.get(name)!.about ?? "")),
    line("NAME@ZONE", "the hours of NAME in days of ZONE: fx@UTC has UTC days and 4h bars at 00, 04 … UTC"),
  ].join("\n");
}
