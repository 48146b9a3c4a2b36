import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { needs } from "../testing/require.ts";
import { calendarFx as fx } from "../time/calendar-fx.ts";
import type { Calendar } from "../time/calendar.ts";
import { calendarByName } from "../time/calendars.ts";
import { barGrid } from "../time/grid.ts";
import type { Timeframe } from "../time/timeframe.ts";
import { instantOf } from "../time/zone.ts";
import { placeStamps, PLACED } from "./place-stamps.ts";

const data = needs("data");

describe.skipIf(data.skip)("stamps of real files", () => {
  interface Fit {
    readonly outside: number;
    readonly offGrid: number;
    readonly missing: number;
  }
  const fitOf = (file: string, timeframe: Timeframe, calendar: Calendar, zone = "UTC"): Fit => {
    const text = gunzipSync(readFileSync(`${process.env["RHYME_DATA"]}/${file}`)).toString();
    const rows = text.trim().split("\n").slice(1);
    const stamp = Float64Array.from(rows, (row) => instantOf(zone, Number(row.slice(0, row.indexOf(",")))));
    const { openTime, verdict } = placeStamps(
      stamp,
      new Uint8Array(stamp.length),
      timeframe,
      calendar,
      "open",
    );
    const opens = openTime.filter((_, i) => verdict[i] === PLACED);
    const grid = barGrid(calendar, timeframe, opens[0]!, opens.at(-1)! + 1);
    const outside = verdict.reduce((sum, v) => sum + (v === 1 ? 1 : 0), 0);
    const missing = grid.open.length - new Set(opens).size;
    return { outside, offGrid: verdict.length - opens.length - outside, missing };
  };
  it("of sixteen years of 4h and daily UTC bars miss nothing on fx@UTC, and lie outside at Christmas alone", () => {
    expect(fitOf("fx/EURUSD-4h.csv.gz", "4h", calendarByName("fx@UTC"))).toEqual({
      outside: 53,
      offGrid: 0,
      missing: 0,
    });
    expect(fitOf("fx/EURUSD-1d.csv.gz", "1d", calendarByName("fx@UTC"))).toEqual({
      outside: 5,
      offGrid: 0,
      missing: 0,
    });
  });

  it("in UTC days do not fit the days and 4h bars of New York", () => {
    expect(fitOf("fx/EURUSD-4h.csv.gz", "4h", fx)).toMatchObject({ offGrid: 24944 });
    expect(fitOf("fx/EURUSD-1d.csv.gz", "1d", fx)).toMatchObject({ outside: 855 });
  });

  it("of twelve years of hours miss a week, half days at Christmas and single bars", () => {
    // 103 of the 317 are in the week of December 2016 that the file lacks.
    expect(fitOf("fx/EURUSD-1h.csv.gz", "1h", fx)).toEqual({ outside: 44, offGrid: 0, missing: 317 });
  });

  it("of a MetaTrader broker fit the clock that follows New York, and less well that of Athens", () => {
    const [follows, athens] = ["America/New_York+07:00", "Europe/Athens"].map((zone) =>
      fitOf("fx/EURUSD-mt5-2026-1h.csv.gz", "1h", fx, zone),
    );
    expect(follows).toEqual({ outside: 1, offGrid: 0, missing: 27 });
    expect(athens!.outside + athens!.missing).toBeGreaterThan(follows!.outside + follows!.missing);
  });

  it("of shares in UTC days fit us-equities@UTC, and not the 4h bars of New York", () => {
    const file = "equities/AAPL-cfd-4h.csv.gz";
    // 75 rows trade past 16:00 New York.
    expect(fitOf(file, "4h", calendarByName("us-equities@UTC"))).toEqual({
      outside: 75,
      offGrid: 0,
      missing: 1,
    });
    expect(fitOf(file, "4h", calendarByName("us-equities"))).toMatchObject({ offGrid: 1075, missing: 1031 });
  });

  it("of gold fit the break of us-futures, to the minute, better than FX without one", () => {
    const [futures, around] = ["us-futures", "fx"].map((name) =>
      fitOf("cfd/XAUUSD-1m.csv.gz", "1m", calendarByName(name)),
    );
    expect(futures).toEqual({ outside: 0, offGrid: 0, missing: 93 });
    expect(around!.missing).toBe(93 + 9 * 45 + 2 * 60);
    const hours = ["us-futures", "fx"].map((name) =>
      fitOf("cfd/XAUUSD-1h.csv.gz", "1h", calendarByName(name)),
    );
    // The file leaves out the first hour of summer weeks, which the minutes have.
    expect(hours[0]).toEqual({ outside: 220, offGrid: 0, missing: 2267 });
    expect(hours[1]).toEqual({ outside: 85, offGrid: 0, missing: 4130 });
  });

  it("of one minute with both sides of a weekend lie inside sessions", () => {
    expect(fitOf("fx/GBPUSD-1m.csv.gz", "1m", fx)).toEqual({ outside: 0, offGrid: 0, missing: 124 });
  });
});
