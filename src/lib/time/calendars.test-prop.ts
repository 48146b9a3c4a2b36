import fc from "fast-check";
import { DateTime } from "luxon";
import { describe, expect, it } from "vitest";
import { tokyoCalendar } from "../testing/tokyo-calendar.ts";
import { calendarFx } from "./calendar-fx.ts";
import type { Calendar, Session } from "./calendar.ts";
import { calendarByName, CALENDAR_NAMES } from "./calendars.ts";
import { barGrid } from "./grid.ts";
import { horizonEnds } from "./horizon.ts";
import { DAY, HOUR, MINUTE, type EpochMs } from "./units.ts";

const DERIVED = [
  "fx@UTC",
  "us-equities@UTC",
  "us-futures@Asia/Tokyo",
  "24x7@Europe/Athens",
  "fx@Europe/Athens",
];
const CALENDARS: readonly Calendar[] = [
  ...[...CALENDAR_NAMES, ...DERIVED].map(calendarByName),
  tokyoCalendar,
];

const calendar = fc.constantFrom(...CALENDARS);

/** Instants on whole minutes around changes of clocks in New York and Athens, holidays and early closes. */
const around = fc
  .tuple(
    fc.constantFrom("2021-03-14", "2021-03-28", "2021-10-31", "2021-11-07", "2021-11-25", "2020-12-24", "2015-09-22"),
    fc.integer({ min: -10 * 1440, max: 10 * 1440 }),
  )
  .map(([date, minutes]) => Date.parse(date) + minutes * MINUTE); // prettier-ignore

const RUNS = { seed: 1, numRuns: 300 };

describe("sessions of every calendar", () => {
  it("are ascending and apart, and the same for any split of the range", () => {
    fc.assert(
      fc.property(calendar, around, around, around, (c, ...times) => {
        const [from, middle, to] = times.sort((a, b) => a - b) as [EpochMs, EpochMs, EpochMs];
        const whole = c.sessions(from, to);
        const inOrder = (session: Session, k: number): boolean =>
          k === 0 || (session.open >= whole[k - 1]!.close && session.date >= whole[k - 1]!.date);
        expect(whole.every(inOrder)).toBe(true);
        const joined = new Map<EpochMs, Session>();
        for (const s of [...c.sessions(from, middle), ...c.sessions(middle, to)]) joined.set(s.open, s);
        expect(JSON.stringify([...joined.values()])).toBe(JSON.stringify(whole));
        const wider = c.sessions(from - 9 * DAY, to + 9 * DAY).filter((x) => x.close > from && x.open < to);
        expect(JSON.stringify(wider)).toBe(JSON.stringify(whole));
      }),
      RUNS,
    );
  });

  it("of NAME@ZONE are open in the same minutes as NAME", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CALENDAR_NAMES),
        fc.constantFrom("UTC", "Europe/Athens", "Asia/Kolkata", "America/New_York+07:00", "Pacific/Auckland"),
        around,
        (name, zone, t) => {
          const [base, derived] = [calendarByName(name), calendarByName(`${name}@${zone}`)];
          const isOpen = (c: Calendar, at: EpochMs): boolean => c.sessions(at, at + MINUTE).length > 0;
          for (let at = t; at < t + 40 * HOUR; at += 15 * MINUTE)
            expect(isOpen(derived, at)).toBe(isOpen(base, at));
        },
      ),
      { seed: 1, numRuns: 60 },
    );
  });
});

describe("bars of every calendar", () => {
  it("tile the sessions: every open instant lies in exactly one bar, and no bar lies in closed time", () => {
    fc.assert(
      fc.property(
        calendar,
        fc.constantFrom("5m", "30m", "1h", "4h", "8h", "1d", "1w", "1mo"),
        around,
        (c, timeframe, t) => {
          const reach = timeframe === "1mo" ? 40 : 9;
          const grid = barGrid(c, timeframe, t - reach * DAY, t + 2 * DAY);
          const within = (at: EpochMs): number =>
            grid.open.reduce((sum, open, g) => sum + (open <= at && at < grid.close[g]! ? 1 : 0), 0);
          for (const s of c.sessions(t, t + 2 * DAY)) {
            const inside = [s.open, s.open + MINUTE, Math.floor((s.open + s.close) / 2), s.close - 1];
            for (const at of inside.filter((x) => x < t + 2 * DAY)) expect(within(at)).toBe(1);
          }
          const sound = (open: EpochMs, g: number): boolean => {
            const traded = c.sessions(open, grid.close[g]!);
            const apart = g === 0 || open >= grid.close[g - 1]!;
            return (
              apart && open < grid.close[g]! && traded.length > 0 && grid.close[g]! <= traded.at(-1)!.close
            );
          };
          expect(grid.open.findIndex((open, g) => !sound(open, g))).toBe(-1);
        },
      ),
      { seed: 1, numRuns: 150 },
    );
  });

  it("are a part of the grid for a part of the range", () => {
    fc.assert(
      fc.property(
        calendar,
        fc.constantFrom("5m", "30m", "1h", "4h", "8h", "1d", "1w", "1mo"),
        around,
        fc.integer({ min: 0, max: 8 * 1440 }),
        (c, timeframe, t, minutes) => {
          const [from, to] = [t, t + minutes * MINUTE];
          const whole = barGrid(c, timeframe, from - 5 * DAY, to + 5 * DAY);
          const part = barGrid(c, timeframe, from, to);
          const inside = (_: number, g: number): boolean => whole.open[g]! >= from && whole.open[g]! < to;
          expect([...part.open]).toEqual([...whole.open.filter(inside)]);
          expect([...part.close]).toEqual([...whole.close.filter(inside)]);
          const numbers = whole.session.filter(inside);
          expect([...part.session]).toEqual([...numbers].map((n) => n - numbers[0]!));
        },
      ),
      RUNS,
    );
  });

  it("end a horizon of days with the bar at the same time of a later trading day, where there is one", () => {
    fc.assert(
      fc.property(calendar, fc.constantFrom("30m", "1h", "4h"), fc.integer({ min: 1, max: 6 }), around, (c, timeframe, n, t) => {
        const grid = barGrid(c, timeframe, t, t + 14 * DAY);
        const ends = horizonEnds(grid, c, `${n}d`);
        for (let i = 0; i < ends.length; i++) {
          const end = ends[i]!;
          if (end < 0) {
            expect(grid.session.at(-1)! - grid.session[i]!).toBeLessThanOrEqual(n);
            continue;
          }
          expect(grid.session[end]! - grid.session[i]!).toBe(n);
          const cutOf = (g: number): EpochMs => c.cutFrom(c.sessions(grid.open[g]!, grid.close[g]!)[0]!);
          const [wanted, got] = [grid.open[i]! - cutOf(i), grid.open[end]! - cutOf(end)];
          // Another time of day only where that day has no bar then: it began later, closed early or had a break.
          const dayOfEnd = grid.session[end]!;
          const places = [...grid.open.keys()].filter((g) => grid.session[g] === dayOfEnd).map((g) => grid.open[g]! - cutOf(g));
          expect(got).toBe(places.filter((place) => place <= wanted).at(-1) ?? places[0]);
        }
      }),
      { seed: 1, numRuns: 60 },
    );
  }); // prettier-ignore
});

describe("fx", () => {
  it("is open by New York's clock as luxon tells it, hour by hour for six years", () => {
    const sessions = calendarFx.sessions(Date.UTC(2015, 0, 1), Date.UTC(2021, 0, 1));
    let k = 0;
    for (let t = Date.UTC(2015, 0, 3); t < Date.UTC(2020, 11, 30); t += HOUR) {
      const clock = DateTime.fromMillis(t, { zone: "America/New_York" });
      const trading = clock.hour >= 17 ? clock.plus({ days: 1 }) : clock;
      const holiday = ["12-25", "01-01"].includes(trading.toFormat("MM-dd"));
      const date = trading.weekday <= 5 && !holiday ? trading.toISODate() : null;
      while (sessions[k]!.close <= t) k++;
      expect(sessions[k]!.open <= t ? sessions[k]!.date : null).toBe(date);
    }
  });

  it("has sessions of 24 hours alone, since clocks change while it is closed", () => {
    const sessions = calendarFx.sessions(Date.UTC(1971, 0, 1), Date.UTC(2036, 0, 1));
    expect(sessions.length).toBeGreaterThan(16_000);
    expect(new Set(sessions.map((s) => s.close - s.open))).toEqual(new Set([24 * HOUR]));
  });
});
