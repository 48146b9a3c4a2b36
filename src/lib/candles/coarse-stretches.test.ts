import { describe, expect, it } from "vitest";
import { createRng } from "../math/rng.ts";
import { calendarFx } from "../time/calendar-fx.ts";
import { calendar24x7 } from "../time/calendar-24x7.ts";
import { calendarUsEquities } from "../time/calendar-us-equities.ts";
import type { Calendar } from "../time/calendar.ts";
import { calendarByName } from "../time/calendars.ts";
import { barGrid } from "../time/grid.ts";
import type { Timeframe } from "../time/timeframe.ts";
import { DAY, HOUR, MINUTE } from "../time/units.ts";
import { coarseStretches } from "./coarse-stretches.ts";

const T = Date.UTC(2024, 0, 1);

const steps = (from: number, step: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => from + i * step);
/** Opens of the bars of a calendar. */
const bars = (calendar: Calendar, timeframe: Timeframe, from: string, to: string): number[] => [
  ...barGrid(calendar, timeframe, Date.parse(from), Date.parse(to)).open,
];
/** `first..last step` of each stretch, by row number. */
const found = (times: readonly number[], timeframe: Timeframe, calendar: Calendar = calendar24x7): string[] =>
  coarseStretches(Float64Array.from(times), { timeframe, calendar }).map(
    ({ rows, step }) => `${rows[0]}..${rows.at(-1)} ${step}`,
  );

describe("a stretch of longer bars", () => {
  it.each<[string, Timeframe, string[], number[]]>([
    ["days, then hours", "1h", ["0..40 1d"], [...steps(T, DAY, 40), ...steps(T + 40 * DAY, HOUR, 100)]],
    ["two days, then hours", "1h", ["0..2 1d"], [...steps(T, DAY, 2), ...steps(T + 2 * DAY, HOUR, 100)]],
    [
      "hours, then 5 minutes",
      "5m",
      ["0..9 1h"],
      [...steps(T, HOUR, 9), ...steps(T + 9 * HOUR, 5 * MINUTE, 40)],
    ],
    [
      "half hours, then quarters",
      "15m",
      ["0..7 30m"],
      [...steps(T, 30 * MINUTE, 7), ...steps(T + 210 * MINUTE, 15 * MINUTE, 40)],
    ],
    ["weeks, then days", "1d", ["0..10 1w"], [...steps(T, 7 * DAY, 10), ...steps(T + 70 * DAY, DAY, 40)]],
    [
      "months, then days",
      "1d",
      ["0..12 1mo"],
      [...Array.from({ length: 12 }, (_, m) => Date.UTC(2023, m, 1)), ...steps(T, DAY, 40)],
    ],
    [
      "months, weeks, days, then hours",
      "1h",
      ["0..62 1d"],
      [
        ...Array.from({ length: 12 }, (_, m) => Date.UTC(2023, m, 1)),
        ...steps(T, 7 * DAY, 10),
        ...steps(T + 70 * DAY, DAY, 40),
        ...steps(T + 110 * DAY, HOUR, 40),
      ],
    ],
    [
      "hours between 5 minutes",
      "5m",
      ["24..44 1h"],
      [
        ...steps(T, 5 * MINUTE, 24),
        ...steps(T + 2 * HOUR, HOUR, 20),
        ...steps(T + 22 * HOUR, 5 * MINUTE, 40),
      ],
    ],
    [
      "hours with holes, of which the first bar is missing",
      "5m",
      ["0..10 1h"],
      [
        ...[0, 3, 4, 5, 6, 8, 9, 10, 11, 12].map((h) => T + h * HOUR),
        ...steps(T + 13 * HOUR, 5 * MINUTE, 40),
      ],
    ],
  ])("is found where it lies: %s", (_, timeframe, stretches, times) => {
    expect(found(times, timeframe)).toEqual(stretches);
  });

  it("begins right behind the last step as fine as the series, also after a hole", () => {
    const hours = [0, 2, ...Array.from({ length: 20 }, (_, i) => 3 + i)].map((h) => T + 2 * HOUR + h * HOUR);
    expect(found([...steps(T, 5 * MINUTE, 24), ...hours], "5m")).toEqual(["24..45 1h"]);
  });

  it("takes with it the first row behind it, since nothing yet tells that row from the next of its own", () => {
    const times = [...steps(T, HOUR, 9), T + 9 * HOUR];
    expect(found(times, "5m")).toEqual(["0..9 1h"]);
    expect(found([...times, T + 9 * HOUR + 5 * MINUTE], "5m")).toEqual(["0..9 1h"]);
  });

  it.each([calendarFx, calendarUsEquities])("is found on the sessions of a market: %o", (calendar) => {
    const span = ["2024-01-01", "2024-03-01"] as const;
    for (const [coarse, fine] of [
      ["1d", "1h"],
      ["4h", "1h"],
      ["1h", "5m"],
      ["1w", "1d"],
    ] as const) {
      const early = bars(calendar, coarse, ...span);
      const times = [...early, ...bars(calendar, fine, "2024-03-04", "2024-03-20")];
      expect(found(times, fine, calendar)).toEqual([`0..${early.length} ${coarse}`]);
    }
  });

  it("is found although every week begins with a day of a few hours", () => {
    const calendar = calendarByName("fx@UTC");
    const days = bars(calendar, "1d", "2023-12-31", "2024-03-01");
    expect(Math.min(...days.slice(1).map((t, i) => t - days[i]!))).toBe(2 * HOUR);
    for (const fine of ["4h", "2h", "1h"]) {
      const times = [...days, ...bars(calendar, fine, "2024-03-01", "2024-03-10")];
      expect(found(times, fine, calendar)).toEqual([`0..${days.length} 1d`]);
    }
  });

  it("ends in time where thin trading follows, and leaves the rest of it", () => {
    const rng = createRng(1);
    const thin = steps(T + 10 * DAY, HOUR, 1000).filter(() => rng.next() < 0.2);
    const [stretch] = coarseStretches(Float64Array.from([...steps(T, DAY, 10), ...thin]), {
      timeframe: "1h",
      calendar: calendar24x7,
    });
    expect(stretch!.rows[0]).toBe(0);
    expect(stretch!.rows.length).toBeGreaterThanOrEqual(10);
    expect(stretch!.rows.length).toBeLessThan(30);
  });

  it("is found over the days on which the clock of the market changes", () => {
    const days = bars(calendarFx, "1d", "2023-01-02", "2024-01-01");
    const times = [...days, ...bars(calendarFx, "1h", "2024-01-02", "2024-01-10")];
    expect(found(times, "1h", calendarFx)).toEqual([`0..${days.length} 1d`]);
  });

  it("is found where hours begin with half an hour every day", () => {
    const day = (d: number): number[] =>
      [9.5, 10, 11, 12, 13, 14, 15].map((h) => T + d * DAY + (h + 5) * HOUR);
    const hours = [1, 2, 3, 4, 5].flatMap((d) => day(d));
    const times = [...hours, ...bars(calendarUsEquities, "1m", "2024-01-08", "2024-01-09")];
    expect(found(times, "1m", calendarUsEquities)).toEqual([`0..${hours.length} 1h`]);
  });

  it("is found newest first, behind another file and in rows without order", () => {
    const times = [...steps(T, DAY, 40), ...steps(T + 40 * DAY, HOUR, 100)];
    expect(found(times.toReversed(), "1h")).toEqual(["139..99 1d"]);
    const both = [...steps(T, 5 * MINUTE, 400), ...steps(T, HOUR, 30)];
    expect(found(both, "5m")).toEqual(["400..429 1h"]);
    const shuffled = times.toSorted((a, b) => Math.sin(a) - Math.sin(b));
    const [stretch] = coarseStretches(Float64Array.from(shuffled), {
      timeframe: "1h",
      calendar: calendar24x7,
    });
    expect(Array.from(stretch!.rows, (row) => shuffled[row]!)).toEqual(times.slice(0, 41));
  });

  it("holds every copy of a row that stands there twice", () => {
    const days = steps(T, DAY, 10).flatMap((t) => [t, t]);
    expect(found([...days, ...steps(T + 10 * DAY, HOUR, 100)], "1h")).toEqual(["0..20 1d"]);
  });
});

describe("no stretch", () => {
  it.each<[string, Timeframe, Calendar, number[]]>([
    ["one row", "5m", calendar24x7, [T]],
    ["two rows an hour apart", "5m", calendar24x7, [T, T + HOUR]],
    ["equal stamps", "5m", calendar24x7, [T, T, T, T]],
    ["every second bar of five", "5m", calendar24x7, steps(T, 10 * MINUTE, 5)],
    ["a week of hours", "1h", calendar24x7, steps(T, HOUR, 168)],
    [
      "one bar before every weekend",
      "1h",
      calendarFx,
      bars(calendarFx, "1h", "2024-01-01", "2024-06-01").filter((t) => new Date(t).getUTCDay() % 6 === 0),
    ],
    [
      "days of a market with weekends",
      "1d",
      calendarUsEquities,
      bars(calendarUsEquities, "1d", "2020-01-01", "2024-01-01"),
    ],
    [
      "bars as long as a session",
      "12h",
      calendarUsEquities,
      bars(calendarUsEquities, "12h", "2023-01-01", "2024-01-01"),
    ],
    [
      "two bars a session",
      "4h",
      calendarUsEquities,
      bars(calendarUsEquities, "4h", "2023-01-01", "2024-01-01"),
    ],
    ["months", "1mo", calendarFx, bars(calendarFx, "1mo", "2000-01-01", "2024-01-01")],
    [
      "nine hourly bars while 5 minutes were missing",
      "5m",
      calendar24x7,
      [...steps(T, 5 * MINUTE, 24), ...steps(T + 2 * HOUR, HOUR, 9), ...steps(T + 11 * HOUR, 5 * MINUTE, 40)],
    ],
    [
      "two bars of 5 minutes every hour",
      "5m",
      calendar24x7,
      steps(T, HOUR, 100).flatMap((t) => [t, t + 5 * MINUTE]),
    ],
    [
      "steps of many lengths",
      "1m",
      calendar24x7,
      Array.from({ length: 4000 }, (_, i) => i).reduce<number[]>(
        (times, i) => [...times.slice(-1e4), times.at(-1)! + (2 + ((i * i * 31 + i * 7) % 23)) * MINUTE],
        [T],
      ),
    ],
  ])("is seen in %s", (_, timeframe, calendar, times) => {
    expect(found(times, timeframe, calendar)).toEqual([]);
  });
});
