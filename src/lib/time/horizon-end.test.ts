import { describe, expect, it } from "vitest";
import { barGrid } from "./grid.ts";
import { calendarByName } from "./calendars.ts";
import { horizonEnd } from "./horizon-end.ts";
import { horizonEnds } from "./horizon.ts";

const instant = (text: string): number => Date.parse(text);

describe("the end of a horizon", () => {
  it.each([
    ["24x7", "5m", "2023-11-09T14:00Z", "4h", "2023-11-09T18:00Z"],
    ["us-equities", "1d", "2020-03-16T20:00Z", "21d", "2020-04-15T20:00Z"], // Good Friday among them
    ["us-equities", "1h", "2021-11-24T20:00Z", "2h", "2021-11-26T15:00Z"], // Thanksgiving between
    ["us-equities", "1h", "2021-11-23T20:00Z", "2d", "2021-11-26T18:00Z"], // a day that closes early
    ["fx", "1h", "2021-03-12T21:00Z", "4h", "2021-03-15T00:00Z"], // the weekend of New York's clock change
    ["24x7", "1mo", "2024-02-01T00:00Z", "2mo", "2024-04-01T00:00Z"],
  ])("on %s, %s bars: from %s, %s end at %s", (calendar, timeframe, close, horizon, end) => {
    expect(horizonEnd(calendarByName(calendar), timeframe, instant(close), horizon)).toBe(instant(end));
  });

  it("is where the horizons of candles end, for every bar of two years", () => {
    for (const [name, timeframe, horizon] of [
      ["us-equities", "1h", "5d"],
      ["us-equities", "1d", "1mo"],
      ["fx", "4h", "24h"],
      ["us-futures", "1h", "3d"],
      ["us-equities", "1w", "3w"],
    ] as const) {
      const calendar = calendarByName(name);
      const grid = barGrid(calendar, timeframe, Date.UTC(2020, 0, 1), Date.UTC(2022, 0, 1));
      const ends = horizonEnds(grid, calendar, horizon);
      const last = grid.open.length - 1;
      for (let i = 40; i <= last && ends[i]! >= 0; i += timeframe === "1h" ? 37 : 5)
        expect(horizonEnd(calendar, timeframe, grid.close[i]!, horizon), `${name} ${timeframe} ${i}`).toBe(
          grid.close[ends[i]!],
        );
    }
  });

  it("refuses horizons that are no whole number of bars", () => {
    expect(() => horizonEnd(calendarByName("24x7"), "1h", 0, "90m")).toThrow(/whole number of 1h bars/);
  });
});
