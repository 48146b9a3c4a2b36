import { RhymeError } from "../errors.ts";
import { calendar24x7 } from "./calendar-24x7.ts";
import { calendarUsEquities } from "./calendar-us-equities.ts";
import type { Calendar } from "./calendar.ts";

/** A new calendar is one file and one entry here. */
const CALENDARS: readonly Calendar[] = [calendar24x7, calendarUsEquities];

export const CALENDAR_NAMES: readonly string[] = CALENDARS.map((c) => c.name);

/** @throws RhymeError "usage" for a name that is not in CALENDAR_NAMES */
export function calendarByName(name: string): Calendar {
  const found = CALENDARS.find((c) => c.name === name);
  if (found) return found;
  throw new RhymeError("usage", {
    place: "calendar",
    expected: `one of ${CALENDAR_NAMES.join(", ")}`,
    received: JSON.stringify(name),
    remedy: "Choose one of them, or add a calendar in src/lib/time/calendars.ts",
  });
}
