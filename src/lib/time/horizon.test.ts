import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RhymeError } from "../errors.ts";
import { calendar24x7 } from "./calendar-24x7.ts";
import { calendarUsEquities as us } from "./calendar-us-equities.ts";
import { barGrid } from "./grid.ts";
import { horizonBars, horizonEnds, parseHorizon } from "./horizon.ts";
import { DAY, HOUR, iso } from "./units.ts";

describe("horizonBars", () => {
  it.each([
    ["4h", "5m", calendar24x7, 48],
    ["5d", "5m", calendar24x7, 1440],
    ["5d", "1h", us, 35],
    ["5d", "4h", us, 10],
    ["21d", "1d", us, 21],
    ["2w", "1d", us, 10],
    ["1w", "1d", calendar24x7, 7],
    ["1mo", "1d", us, 21],
    ["3mo", "1mo", us, 3],
    ["10d", "1w", us, 2],
    ["5m", "5m", us, 1],
  ])("%s on %s is a count of bars", (horizon, timeframe, calendar, bars) => {
    expect(horizonBars(horizon, timeframe, calendar)).toBe(bars);
  });

  it.each([
    ["1m", "5m"],
    ["7m", "5m"],
    ["4h", "1d"],
    ["3d", "1w"],
    ["2w", "1mo"],
  ])("%s on %s is refused as shorter than a bar or ending inside one", (horizon, timeframe) => {
    expect(() => horizonBars(horizon, timeframe, us)).toThrow(RhymeError);
    expect(() => horizonBars(horizon, timeframe, us)).toThrow(/whole number of/);
  });

  it.each(["", "h", "0h", "4", "4 h", "4y", "-4h"])("%j is no horizon", (text) => {
    expect(() => parseHorizon(text)).toThrow(/horizon: expected a count/);
  });
});

describe("horizonEnds", () => {
  const grid = barGrid(us, "1h", Date.UTC(2021, 10, 22), Date.UTC(2021, 11, 4));
  const endOf = (horizon: string, open: string): string | null => {
    const end = horizonEnds(grid, us, horizon)[grid.open.indexOf(Date.parse(open))]!;
    return end < 0 ? null : iso(grid.open[end]!);
  };

  it("counts bars across a close for hours", () => {
    expect(endOf("2h", "2021-11-22T20:00:00Z")).toBe("2021-11-23T15:00:00Z");
  });

  it("keeps the place in the session for days", () => {
    expect(endOf("1d", "2021-11-22T15:00:00Z")).toBe("2021-11-23T15:00:00Z");
    expect(endOf("5d", "2021-11-22T20:00:00Z")).toBe("2021-11-30T20:00:00Z");
  });

  it("ends with the last bar of a session that closed early", () => {
    expect(endOf("1d", "2021-11-24T20:00:00Z")).toBe("2021-11-26T17:00:00Z");
    expect(endOf("1d", "2021-11-24T15:00:00Z")).toBe("2021-11-26T15:00:00Z");
    expect(endOf("1d", "2021-11-26T17:00:00Z")).toBe("2021-11-29T17:00:00Z");
  });

  it("is -1 beyond the grid", () => {
    expect(endOf("1d", "2021-12-03T15:00:00Z")).toBeNull();
    expect(endOf("1h", "2021-12-03T20:00:00Z")).toBeNull();
  });

  it("is the nominal count on a market that never closes", () => {
    const g = barGrid(calendar24x7, "5m", 0, 4 * DAY);
    expect(horizonEnds(g, calendar24x7, "2d")[100]).toBe(100 + 576);
  });

  it("does not depend on where the grid begins or ends", () => {
    const whole = { from: Date.UTC(2021, 10, 15), to: Date.UTC(2021, 11, 20) };
    fc.assert(
      fc.property(
        fc.constantFrom(us, calendar24x7),
        fc.constantFrom("30m", "1h", "4h", "1d"),
        fc.constantFrom("4h", "1d", "5d", "1w"),
        fc.integer({ min: 0, max: 20 * 24 }),
        fc.integer({ min: 0, max: 14 * 24 }),
        (calendar, timeframe, horizon, skip, length) => {
          fc.pre(!(timeframe === "1d" && horizon === "4h"));
          const from = whole.from + skip * HOUR;
          const to = Math.min(whole.to, from + length * HOUR);
          const all = barGrid(calendar, timeframe, whole.from, whole.to);
          const part = barGrid(calendar, timeframe, from, to);
          const allEnds = horizonEnds(all, calendar, horizon);
          const shift = all.open.findIndex((open) => open >= from);
          const expected = Array.from(part.open, (_, i) => {
            const end = allEnds[i + shift]! - shift;
            return allEnds[i + shift]! >= 0 && end < part.open.length ? end : -1;
          });
          expect([...horizonEnds(part, calendar, horizon)]).toEqual(expected);
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });
});
