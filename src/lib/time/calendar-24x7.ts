import type { Calendar, Session } from "./calendar.ts";
import { isoDate } from "./civil.ts";
import { DAY, type EpochMs } from "./units.ts";

/** A market that never closes: every UTC day is a session, weeks start on Monday 00:00 UTC. */
export const calendar24x7: Calendar = {
  name: "24x7",
  about: "never closes: every UTC day, as crypto trades",
  zone: "UTC",
  sessions(from: EpochMs, to: EpochMs): readonly Session[] {
    const days: Session[] = [];
    for (let day = Math.floor(from / DAY); day * DAY < to; day++) {
      days.push({ open: day * DAY, close: (day + 1) * DAY, date: isoDate(day) });
    }
    return days;
  },
  cutFrom: (session) => session.open,
};

/** Whether the calendar of this name never closes, in whatever zone its days are counted. */
export function neverCloses(name: string): boolean {
  return name === calendar24x7.name || name.startsWith(`${calendar24x7.name}@`);
}
