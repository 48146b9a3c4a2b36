import { describe, expect, it } from "vitest";
import { calendar24x7 } from "./calendar-24x7.ts";
import { calendarUsEquities as us } from "./calendar-us-equities.ts";
import { barAt } from "../testing/bar-at.ts";
import { barGrid, cutGrid, type BarGrid } from "./grid.ts";
import { DAY, iso } from "./units.ts";

const bars = (grid: BarGrid): string[] =>
  Array.from(grid.open, (open, g) => `${iso(open).slice(5, 16)} ${iso(grid.close[g]!).slice(5, 16)}`);
const grid = (calendar: typeof us, timeframe: string, from: string, to: string): BarGrid =>
  barGrid(calendar, timeframe, Date.parse(from), Date.parse(to));

describe("bars of us-equities", () => {
  it("are hours counted from midnight in New York, on both sides of the change of clocks", () => {
    const friday = grid(us, "1h", "2021-03-12", "2021-03-13");
    const monday = grid(us, "1h", "2021-03-15", "2021-03-16");
    expect(bars(friday).slice(0, 2)).toEqual(["03-12T14:00 03-12T15:00", "03-12T15:00 03-12T16:00"]);
    expect(bars(monday).slice(0, 2)).toEqual(["03-15T13:00 03-15T14:00", "03-15T14:00 03-15T15:00"]);
    expect([friday.open.length, monday.open.length]).toEqual([7, 7]);
  });

  it("end with the session, also with a short one", () => {
    expect(bars(grid(us, "4h", "2021-11-24", "2021-11-27"))).toEqual([
      "11-24T13:00 11-24T17:00",
      "11-24T17:00 11-24T21:00",
      "11-26T13:00 11-26T17:00",
      "11-26T17:00 11-26T18:00",
    ]);
    expect(grid(us, "5m", "2021-11-26", "2021-11-27").open).toHaveLength(42);
    expect(grid(us, "30m", "2021-11-24", "2021-11-25").open).toHaveLength(13);
  });

  it("number their sessions from the first one", () => {
    const g = grid(us, "4h", "2021-11-24", "2021-11-30");
    expect([...g.session]).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it("are sessions, ISO weeks and months on the market's clock", () => {
    expect(bars(grid(us, "1d", "2021-11-24", "2021-11-27"))).toEqual([
      "11-24T14:30 11-24T21:00",
      "11-26T14:30 11-26T18:00",
    ]);
    // Martin Luther King Day opens the week on Tuesday, Good Friday closes it on Thursday.
    expect(bars(grid(us, "1w", "2022-01-17", "2022-01-24"))).toEqual(["01-18T14:30 01-21T21:00"]);
    expect(bars(grid(us, "1w", "2022-04-11", "2022-04-18"))).toEqual(["04-11T13:30 04-14T20:00"]);
    expect(bars(grid(us, "1mo", "2021-12-31", "2022-02-15"))).toEqual([
      "01-03T14:30 01-31T21:00",
      "02-01T14:30 02-28T21:00",
    ]);
  });
});

describe("bars of 24x7", () => {
  it("are cut at UTC midnight, weeks on Monday, months on the first", () => {
    expect(grid(calendar24x7, "5m", "2021-01-01", "2021-01-02").open).toHaveLength(288);
    expect(bars(grid(calendar24x7, "4h", "2021-03-14", "2021-03-15")).at(-1)).toBe("03-14T20:00 03-15T00:00");
    expect(bars(grid(calendar24x7, "1w", "2021-01-01", "2021-01-12"))).toEqual([
      "01-04T00:00 01-11T00:00",
      "01-11T00:00 01-18T00:00",
    ]);
    expect(bars(grid(calendar24x7, "1mo", "2024-02-01", "2024-02-02"))).toEqual(["02-01T00:00 03-01T00:00"]);
  });
});

describe("barGrid and barAt", () => {
  it("give a part of the grid for a part of the range", () => {
    for (const calendar of [us, calendar24x7]) {
      for (const timeframe of ["30m", "4h", "1d", "1w", "1mo"]) {
        const [from, to] = [Date.UTC(2021, 1, 1), Date.UTC(2021, 4, 20)];
        const whole = barGrid(calendar, timeframe, from, to);
        for (let t = from; t < to; t += 3.37 * DAY) {
          const part = barGrid(calendar, timeframe, t, to);
          expect([...part.open]).toEqual([...whole.open.filter((open) => open >= t)]);
          expect([...part.close]).toEqual([...whole.close.slice(whole.close.length - part.close.length)]);
        }
      }
    }
  });

  it("find the bar around an instant, and none while the market is closed", () => {
    const open = Date.parse("2021-11-26T14:00:00Z");
    expect(barAt(us, "1h", open + 1)).toEqual({ open, close: open + 3_600_000 });
    expect(barAt(us, "1h", open - 1)).toBeNull();
    expect(barAt(us, "1h", Date.parse("2021-11-26T18:00:00Z"))).toBeNull();
    expect(barAt(us, "1d", Date.parse("2021-11-25T15:00:00Z"))).toBeNull();
    const week = barAt(us, "1w", Date.parse("2021-11-25T15:00:00Z"));
    expect([iso(week!.open), iso(week!.close)]).toEqual(["2021-11-22T14:30:00Z", "2021-11-26T18:00:00Z"]);
    expect(barAt(calendar24x7, "1mo", Date.UTC(2021, 0, 31, 23))?.open).toBe(Date.UTC(2021, 0, 1));
  });

  it("are empty for an empty range", () => {
    expect(barGrid(us, "5m", 10, 10).open).toHaveLength(0);
    expect(barGrid(us, "1w", 10, 5).open).toHaveLength(0);
  });

  it("are those of the span that is cut out of more of them", () => {
    for (const timeframe of ["5m", "4h", "1d"]) {
      const year = grid(us, timeframe, "2021-01-01", "2022-01-01");
      for (const [from, to] of [
        [0, 7],
        [9, 100],
        [3, year.open.length],
      ] as const) {
        const span = barGrid(us, timeframe, year.open[from]!, year.open[to - 1]! + 1);
        expect(cutGrid(year, from, to)).toEqual(span);
      }
    }
  });
});
