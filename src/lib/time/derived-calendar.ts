import { countWhile } from "../math/count-up-to.ts";
import type { Calendar, Session } from "./calendar.ts";
import { dayOfDate, dayOfInstant, isoDate, weekdayOf, type EpochDay } from "./civil.ts";
import { DAY, type EpochMs } from "./units.ts";
import { instantOf, offsetAt, type ZoneName } from "./zone.ts";

/**
 * `NAME@ZONE`: the open hours of a calendar in the days of a zone, as venues with that server clock publish them.
 * Sessions that touch are joined, then cut at midnight of the zone; dates are the zone's, and intraday bars are
 * counted from its midnight (in elapsed time, so the last bar of a day on which its clock changes is shorter or
 * one more). `fx@UTC` has UTC days with a short Sunday, and 4h bars at 00, 04 … 20 UTC. The market's own clock,
 * `zone`, stays that of the base.
 *
 * A day that opens in a trading day of the next ISO week counts to that week: FX's Sunday evening begins a week.
 */
export function derivedCalendar(base: Calendar, zone: ZoneName): Calendar {
  const midnight = (day: EpochDay): EpochMs => instantOf(zone, day * DAY);
  const dayAt = (t: EpochMs): EpochDay => dayOfInstant(t, offsetAt(zone, t));
  return {
    name: `${base.name}@${zone}`,
    about: `the hours of ${base.name} in days of ${zone}`,
    zone: base.zone,
    sessions(from, to) {
      if (!(from < to)) return [];
      const found: Session[] = [];
      // Whole days of the zone around the range, so that each session is complete whatever the range.
      const [first, end] = [dayAt(from) - 1, dayAt(to) + 2];
      const opened = base.sessions(midnight(first), midnight(end));
      const blocks = joined(opened);
      let b = 0;
      for (let day = first; day < end; day++) {
        const [start, stop] = [midnight(day), midnight(day + 1)];
        while (b < blocks.length && blocks[b]!.close <= start) b++;
        for (let k = b; k < blocks.length && blocks[k]!.open < stop; k++) {
          const open = Math.max(blocks[k]!.open, start);
          const close = Math.min(blocks[k]!.close, stop);
          if (open < close && open < to && close > from) found.push(sessionOf(day, open, close, opened));
        }
      }
      return found;
    },
    cutFrom: (session) => midnight(dayOfDate(session.date)),
  };
}

/** Sessions that touch become one. */
function joined(sessions: readonly Session[]): { readonly open: EpochMs; close: EpochMs }[] {
  const blocks: { readonly open: EpochMs; close: EpochMs }[] = [];
  for (const { open, close } of sessions) {
    const last = blocks[blocks.length - 1];
    if (last && open <= last.close) last.close = close;
    else blocks.push({ open, close });
  }
  return blocks;
}

function sessionOf(day: EpochDay, open: EpochMs, close: EpochMs, opened: readonly Session[]): Session {
  const date = isoDate(day);
  const around = opened[countWhile(opened.length, (k) => opened[k]!.close <= open)]!;
  const weekDate = around.weekDate ?? around.date;
  return dayOfDate(weekDate) > day - weekdayOf(day) + 6
    ? { open, close, date, weekDate }
    : { open, close, date };
}
