import type { EpochMs } from "./units.ts";

/** One trading day of a market: the market is open in [open, close). */
export interface Session {
  readonly open: EpochMs;
  readonly close: EpochMs;
  /** Trading date in the market's own zone, `YYYY-MM-DD`. */
  readonly date: string;
}

/**
 * When a market is open. A user adds one in one file: implement this, register it in `calendars.ts`.
 * Intraday bars are cut inside each session at multiples of their width counted from `cutFrom(session)`,
 * so the first and last bar of a session may be shorter than their width.
 */
export interface Calendar {
  readonly name: string;
  /** IANA zone of the market's own clock: hour of week, dates and weeks are counted in it. */
  readonly zone: string;
  /** Sessions that intersect [from, to), ascending, never overlapping. */
  sessions(from: EpochMs, to: EpochMs): readonly Session[];
  /** The instant from which intraday bars of this session are counted (for shares: local midnight). */
  cutFrom(session: Session): EpochMs;
}
