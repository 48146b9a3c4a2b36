import type { ExportSpan } from "../lib/adapters/sqlite/export-candles.ts";
import { calendar24x7 } from "../lib/time/calendar-24x7.ts";
import { parseInstant } from "./instant.ts";
import { spanOf } from "./span.ts";

/** What is exported, as it is typed: instants with their zone, or whole days in UTC, since a table has many markets. */
export function exportSpanOf(options: {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly asOf?: string | undefined;
}): ExportSpan {
  const { from, to } = spanOf(options, calendar24x7);
  const { asOf } = options;
  return {
    ...{ from, to: to + 1 }, // both ends of what is typed are meant
    asOf: asOf === undefined ? Infinity : parseInstant(asOf, calendar24x7, "--as-of"),
  };
}
