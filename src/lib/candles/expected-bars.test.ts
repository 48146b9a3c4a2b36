import { describe, expect, it } from "vitest";
import { calendarByName } from "../time/calendars.ts";
import { barGrid } from "../time/grid.ts";
import { DAY } from "../time/units.ts";
import { expectedBars } from "./expected-bars.ts";

describe("expectedBars", () => {
  it.each(["24x7", "us-equities", "us-equities@UTC", "fx", "fx@UTC", "us-futures"])(
    "counts, on %s, what a list of all base bars does",
    (name) => {
      const calendar = calendarByName(name);
      const pairs = [
        ["1m", "1h"],
        ["5m", "30m"],
        ["15m", "4h"],
        ["30m", "1d"],
        ["1h", "2h"],
        ["1h", "1w"],
        ["1d", "1mo"],
      ] as const;
      for (const [base, coarse] of pairs) {
        for (const start of [Date.UTC(2024, 2, 6), Date.UTC(2023, 10, 20, 15, 37), Date.UTC(2024, 9, 30)]) {
          const grid = barGrid(calendar, coarse, start, start + 40 * DAY);
          const bars = barGrid(calendar, base, start - 40 * DAY, start + 90 * DAY);
          // Each base bar counts to the first coarse one that ends when it does, or later.
          const expected = new Array<number>(grid.open.length).fill(0);
          for (const close of bars.close) {
            const g = grid.close.findIndex((end) => end >= close);
            if (g >= 0 && close > grid.open[0]!) expected[g]!++;
          }
          expect([base, coarse, ...expectedBars(calendar, base, grid)]).toEqual([base, coarse, ...expected]);
          expect(expected.every((count) => count > 0)).toBe(true);
        }
      }
    },
  );

  it("of an empty grid are none", () => {
    const calendar = calendarByName("24x7");
    expect(expectedBars(calendar, "5m", barGrid(calendar, "1h", 0, 0))).toHaveLength(0);
  });
});
