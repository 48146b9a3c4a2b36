import { describe, expect, it } from "vitest";
import { assembleRows, quietRows, type RawRow } from "../testing/raw-rows.ts";
import { calendarFx } from "../time/calendar-fx.ts";
import { qualityReport } from "./quality-report.ts";

const M5 = 300_000;
const slotOf = (instant: string): number => Date.parse(instant) / M5;
const report = (...args: Parameters<typeof assembleRows>): ReturnType<typeof qualityReport> => {
  const { series, ledger, findings } = assembleRows(...args);
  return qualityReport(series, ledger, findings);
};

describe("qualityReport", () => {
  it("sums up each kind that occurs, with what was done about it, errors first", () => {
    const rows = quietRows(60, 1.05);
    rows[20] = [20, 1053, 1053, 1.049, 1.05, 5];
    rows[30] = [30, 1.05, 1.04, 1.06, 1.05, 5];
    rows.splice(40, 3);
    const { kinds, counts, errors, warnings, repaired } = report(rows, { repair: ["price-contradiction"] });
    expect(kinds).toEqual([
      {
        kind: "lost-decimal-point",
        severity: "error",
        says: "a price without its decimal point",
        findings: 1,
        concerned: 1,
        done: { dropped: 1 },
      },
      {
        kind: "price-contradiction",
        severity: "error",
        says: "a high or low that contradicts open or close",
        findings: 1,
        concerned: 1,
        done: { repaired: 1 },
      },
      {
        kind: "missing-bars",
        severity: "warning",
        says: "expected bars that are missing",
        findings: 2,
        concerned: 4,
        done: { kept: 4 },
      },
    ]);
    expect(counts).toEqual({ "lost-decimal-point": 1, "price-contradiction": 1, "missing-bars": 4 });
    expect([errors, warnings, repaired]).toEqual([1, 2, 1]);
  });

  it("counts bars by trading date: the Sunday evening of FX is no weekend, and New Year's Eve may be next year", () => {
    // Sunday 31 December 2023, 23:00 UTC is Monday's session, 1 January 2024; a closed one. 7 January opens 22:00 UTC.
    const from = slotOf("2024-01-07T22:00Z");
    const rows = quietRows(40, 1.05, from).filter((_, i) => i < 5 || i > 10);
    const { gaps, years } = report(rows, { calendar: calendarFx });
    expect([gaps.missing, gaps.missingOnWeekends]).toEqual([6, 0]);
    expect(years.map(({ year, known, missing }) => [year, known, missing])).toEqual([[2024, 34, 6]]);
  });

  it("still sees weekends where a market of weekdays is read as one that never closes", () => {
    const week = 2016;
    const rows = Array.from({ length: 3 }, (_, k): RawRow[] =>
      quietRows(1440, 1.05, slotOf("2024-01-01T00:00Z") + k * week),
    ).flat();
    const { gaps } = report(rows);
    expect([gaps.missing, gaps.missingOnWeekends]).toEqual([2 * 576, 2 * 576]);
  });

  it("is empty for a file that keeps no row, which is an error", () => {
    const { rows, first, years, errors, counts } = report(quietRows(3, 1.05, 1000), { now: 0 });
    expect([rows, first, years]).toEqual([0, null, []]);
    expect([errors, counts]).toEqual([2, { "no-candles": 1, "future-stamp": 3 }]);
  });
});
