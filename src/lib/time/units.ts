/**
 * Flavoured numbers: a plain number may become one, but one may not become another.
 * All instants are integer milliseconds since 1970-01-01T00:00Z, held in Float64Array columns.
 */
export type EpochMs = number & { readonly __unit?: "epochMs" };
export type DurationMs = number & { readonly __unit?: "durationMs" };

export const SECOND: DurationMs = 1000;
export const MINUTE: DurationMs = 60 * SECOND;
export const HOUR: DurationMs = 60 * MINUTE;
export const DAY: DurationMs = 24 * HOUR;

/** ISO 8601 in UTC with `Z`, milliseconds only when there are any. */
export function iso(t: EpochMs): string {
  return new Date(t).toISOString().replace(".000Z", "Z");
}
