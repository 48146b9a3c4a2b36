import { DateTime } from "luxon";
import { RhymeError } from "../lib/errors.ts";
import type { Calendar } from "../lib/time/calendar.ts";
import type { EpochMs } from "../lib/time/units.ts";
import { parseInstant } from "./instant.ts";

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/**
 * A span of time as people type it: instants with their zone, or whole days on the market's clock, both ends included,
 * open or not.
 * @throws RhymeError "usage" for what is neither, or ends before it begins
 */
export function spanOf(
  typed: { readonly from?: string | undefined; readonly to?: string | undefined },
  calendar: Calendar,
  begins = "--from",
): { readonly from: EpochMs; readonly to: EpochMs } {
  const from = typed.from === undefined ? -Infinity : endOf(typed.from, calendar, begins);
  const to = typed.to === undefined ? Infinity : endOf(typed.to, calendar, "--to");
  if (from <= to) return { from, to };
  throw new RhymeError("usage", {
    place: `${begins}, --to`,
    expected: "a span that begins before it ends",
    received: `${typed.from} to ${typed.to}`,
    remedy: "Exchange the two.",
  });
}

function endOf(text: string, calendar: Calendar, place: string): EpochMs {
  const day = DateTime.fromISO(text, { zone: calendar.zone });
  if (!DATE.test(text) || !day.isValid) return parseInstant(text, calendar, place);
  return (place === "--to" ? day.endOf("day") : day.startOf("day")).toMillis();
}
