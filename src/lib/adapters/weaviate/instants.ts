import { RhymeError } from "../../errors.ts";
import type { EpochMs } from "../../time/units.ts";

/** Dates are kept in 64-bit nanoseconds; whoever asks beyond their ends means the ends. */
const FIRST = Date.UTC(1678, 0, 1);
const LAST = Date.UTC(2262, 0, 1);

/** An instant as the server takes it. @throws RhymeError "input" where the server could not keep it */
export function storedInstant(place: string, instant: EpochMs): string {
  if (Number.isInteger(instant) && instant > FIRST && instant < LAST) return new Date(instant).toISOString();
  throw new RhymeError("input", {
    place,
    expected: "an instant between the years 1678 and 2262",
    received: String(instant),
    remedy: "Leave such moments out of the index; the memory folder takes them.",
  });
}

/** The last whole millisecond at or before an instant. */
export function upTo(instant: EpochMs): Date {
  return new Date(Math.min(LAST, Math.max(FIRST, Math.floor(instant))));
}

/** The first whole millisecond at or after an instant. */
export function from(instant: EpochMs): Date {
  return new Date(Math.min(LAST, Math.max(FIRST, Math.ceil(instant))));
}
