import { describe, expect, it } from "vitest";
import { inShort, quietRows, rawOf, type RawRow } from "../testing/raw-rows.ts";
import { calendar24x7 } from "../time/calendar-24x7.ts";
import { assembleCandles, type AssembledCandles } from "./assemble-candles.ts";
import { markCoarse } from "./find-coarse.ts";
import { findingDocument, findingSchema } from "./finding-schema.ts";
import { refuseErrors } from "./finding-strict.ts";
import { joinRaw, type RawCandles } from "./raw-candles.ts";

const CADENCE = { timeframe: "5m", calendar: calendar24x7 };

/** Hourly rows for `hours`, then rows of 5 minutes. */
const mixed = (hours: number, fine: number): RawRow[] => [
  ...quietRows(hours).map(([slot, ...rest]): RawRow => [12 * slot, ...rest]),
  ...quietRows(fine, 100, 12 * hours),
];
function assembled(raw: RawCandles): AssembledCandles {
  const options = { source: "test", symbol: "T", stamp: "open", lagMs: 0, now: 1e13 } as const;
  return assembleCandles(markCoarse(raw, CADENCE), { ...options, ...CADENCE });
}

describe("rows of longer bars", () => {
  it("are no candles, but one finding that says where, how long they are and what to do", () => {
    const { series, findings, rows } = assembled(rawOf(mixed(20, 30)));
    expect([series.openTime[0], series.openTime.length, rows[0]]).toEqual([(12 * 20 + 1) * 300_000, 29, 21]);
    expect(findings).toEqual([
      {
        kind: "coarse-stretch",
        file: "a.csv",
        line: 2,
        time: 0,
        value:
          "1970-01-01T00:00:00Z to 1970-01-01T20:00:00Z, rows 1h apart are no bars of 5m, and known only when their " +
          "1h is over; read them from a file of their own with --timeframe 1h",
        count: 21,
        done: "dropped",
      },
    ]);
    expect(findingSchema.parse(findings.map(findingDocument)[0])).toMatchObject({ severity: "error" });
    expect(() => refuseErrors(findings)).toThrow(
      /a\.csv:2: expected no rows of longer bars than the timeframe, .*coarse-stretch at line 2 .*1h apart/,
    );
  });

  it("are counted once, whatever else is wrong with them", () => {
    const rows = mixed(20, 30);
    rows[3] = [36, 0, 0, 0, 0, -1];
    rows[4] = [48.5, 1, 1, 1, 1, 1];
    rows.splice(7, 0, rows[6]!);
    const { series, findings } = assembled(rawOf(rows));
    expect([series.openTime.length, inShort(findings)]).toEqual([29, ["coarse-stretch :2 ×22 dropped"]]);
  });

  it("are told file by file, so that hours of one do not pass among the 5 minutes of another", () => {
    const hours = rawOf(mixed(30, 0), "hours.csv");
    const fine = rawOf(quietRows(360), "fine.csv");
    for (const parts of [
      [hours, fine],
      [fine, hours],
    ]) {
      const { series, findings } = assembled(joinRaw(parts));
      expect(inShort(findings)).toEqual(["coarse-stretch :2 ×30 dropped"]);
      expect([findings[0]!.file, series.openTime.length]).toEqual(["hours.csv", 360]);
      expect(series.high).toEqual(assembled(fine).series.high);
    }
  });

  it("leave sparse candles as they were", () => {
    const raw = rawOf(quietRows(300).filter(([slot]) => (slot * 7919) % 11 < 4));
    expect(markCoarse(raw, CADENCE)).toBe(raw);
  });

  it("are refused where there is nothing else, with the step that was seen", () => {
    const hours = rawOf(mixed(30, 0));
    expect(() => markCoarse(hours, CADENCE)).toThrow(
      /--timeframe: expected a timeframe not finer than the rows, which are 1h apart in a\.csv, got 5m\. Give --timeframe 1h/,
    );
    expect(() => markCoarse(joinRaw([hours, rawOf(mixed(3, 0), "b.csv")]), CADENCE)).toThrow(/1h apart/);
    expect(markCoarse(hours, { ...CADENCE, timeframe: "1h" })).toBe(hours);
  });
});
