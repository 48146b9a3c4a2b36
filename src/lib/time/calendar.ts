import type { EpochMs } from "./units.ts";

/** A stretch of trading: the market is open in [open, close). */
export interface Session {
  readonly open: EpochMs;
  readonly close: EpochMs;
  /**
   * Trading date, `YYYY-MM-DD`, as the market counts it: FX that opens on Sunday evening trades for Monday.
   * Sessions with one date are one trading day, so a break for lunch is two sessions with the same date.
   */
  readonly date: string;
  /** A date in the ISO week that the session counts to, where its own date lies in another. */
  readonly weekDate?: string;
}

/**
 * When a market is open. A user adds one in one file: `sessionCalendar` makes one from opening hours, or implement
 * this; then `registerCalendar` or `./rhyme --calendars FILE` makes it known by name.
 *
 * Days, weeks and months go by `session.date`. Intraday bars are cut inside each session at multiples of their
 * width counted from `cutFrom(session)`, so the first and last bar of a session may be shorter than their width.
 */
export interface Calendar {
  /** Stored with candles and answers. Letters, digits, dot, underscore, hyphen; `NAME@ZONE` is derived from NAME. */
  readonly name: string;
  /** One line for people: what trades when. */
  readonly about?: string;
  /** IANA zone of the market's own clock: the hour of the week is read on it. */
  readonly zone: string;
  /** Sessions that intersect [from, to), ascending, never overlapping. */
  sessions(from: EpochMs, to: EpochMs): readonly Session[];
  /** The instant from which intraday bars of this session are counted; the same for all sessions of a date. */
  cutFrom(session: Session): EpochMs;
}
