import { DateTime } from "luxon";
import { RhymeError } from "../lib/errors.ts";
import type { Calendar } from "../lib/time/calendar.ts";
import { DAY, type EpochMs } from "../lib/time/units.ts";

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const ZONED = /(?:Z|[+-]\d{2}:?\d{2})$/;

/**
 * An instant as people type it: ISO 8601 with a zone, or a bare date, which means the close of that session.
 * @throws RhymeError "usage" for anything else, an instant without zone and a day without session among it
 */
export function parseInstant(text: string, calendar: Calendar, place: string): EpochMs {
  if (DATE.test(text)) return closeOf(text, calendar, place);
  const parsed = DateTime.fromISO(text, { setZone: true });
  if (parsed.isValid && ZONED.test(text)) return parsed.toMillis();
  const remedy = parsed.isValid
    ? `Add the zone, for example ${text}Z.`
    : `Write for example ${place} 2024-03-01T12:00Z or ${place} 2024-03-01.`;
  throw unusable(place, "an ISO 8601 instant with its zone, or a date", JSON.stringify(text), remedy);
}

/**
 * As of when: an instant or a date as above, and `now`. Today's date is now too, for nobody knows its close yet, and
 * what was remembered today counts.
 * @throws RhymeError "usage"
 */
export function parseAsOf(text: string, calendar: Calendar, place: string, now: EpochMs): EpochMs {
  const today = DateTime.fromMillis(now, { zone: calendar.zone }).toISODate();
  return text === "now" || text === today ? now : parseInstant(text, calendar, place);
}

function closeOf(date: string, calendar: Calendar, place: string): EpochMs {
  const start = DateTime.fromISO(date, { zone: "utc" });
  if (!start.isValid)
    throw unusable(place, "a date of the calendar", JSON.stringify(date), "Check the date.");
  const from = start.toMillis() - DAY;
  const session = calendar.sessions(from, from + 3 * DAY).findLast((s) => s.date === date);
  if (session) return session.close;
  throw unusable(place, `a day on which ${calendar.name} is open`, date, "Choose a day with a session.");
}

function unusable(place: string, expected: string, received: string, remedy: string): RhymeError {
  return new RhymeError("usage", { place, expected, received, remedy });
}
