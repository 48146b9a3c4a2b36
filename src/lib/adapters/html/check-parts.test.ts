import { describe, expect, it } from "vitest";
import type { Finding } from "../../candles/finding.ts";
import { gapLedger } from "../../candles/gap-ledger.ts";
import { sliceRows } from "../../candles/slice.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { calendarByName } from "../../time/calendars.ts";
import { calendarCells } from "./check-cells.ts";
import { priceScale } from "./check-scale.ts";
import { durationText } from "./check-stamps.ts";
import type { WindowBar } from "./check-window.ts";

function bar(price: number, mark: WindowBar["mark"] = "around"): WindowBar {
  return { time: 0, open: price, high: price * 1.01, low: price * 0.99, close: price, volume: 1, mark };
}

describe("scale of a small picture", () => {
  it("is that of the sound candles when one is far off", () => {
    const { low, high } = priceScale([bar(1.05), bar(1.06), bar(1053, "own")]);
    expect(low).toBeCloseTo(1.0395);
    expect(high).toBeCloseTo(1.0706);
  });

  it("stretches to a candle that is odd but near", () => {
    expect(priceScale([bar(100), bar(110), bar(130, "own")]).high).toBeCloseTo(131.3);
  });

  it("holds both sides of a split, and no neighbour that is a thousandfold off", () => {
    expect(priceScale([bar(700), bar(700), bar(100, "own"), bar(100), bar(100)])).toEqual({
      low: 99,
      high: 707,
    });
    expect(priceScale([bar(1), bar(1), bar(1000), bar(1, "own")]).high).toBeCloseTo(1.01);
  });

  it("is never empty", () => {
    for (const bars of [[], [bar(5)], [bar(NaN, "own")], [bar(0), bar(0)]]) {
      const { low, high } = priceScale(bars);
      expect(high).toBeGreaterThan(low);
    }
  });
});

describe("calendar of what is known", () => {
  const error = (time: number): Finding => ({
    kind: "bad-price",
    file: "x.csv",
    line: 2,
    time,
    value: "",
    count: 1,
    done: "dropped",
  });

  it("counts every expected bar once, whatever its unit", () => {
    const spans = [
      [{ rows: 3000 }, "hour"],
      [{ rows: 30_000 }, "day"],
      [{ rows: 12_000, timeframe: "4h" }, "week"],
      [{ rows: 200, timeframe: "1w" }, "week"],
      [{ rows: 60, timeframe: "1mo" }, "month"],
    ] as const;
    for (const [options, unit] of spans) {
      const series = syntheticCandles({ seed: 4, gapShare: 0.1, ...options });
      const ledger = gapLedger(series);
      const cells = calendarCells(series.calendar, ledger, [])!;
      expect(cells.unit).toBe(unit);
      const sum = (of: "expected" | "known"): number =>
        cells.cells.reduce((total, cell) => total + cell[of], 0);
      expect(sum("expected")).toBe(ledger.known.length);
      expect(sum("known")).toBe(series.openTime.length);
      const places = cells.cells.map(({ row, column }) => `${row} ${column}`);
      expect(new Set(places).size).toBe(places.length);
      expect(Math.max(...cells.cells.map(({ row }) => row))).toBeLessThan(cells.rows);
      expect(Math.max(...cells.cells.map(({ column }) => column))).toBeLessThan(cells.columns);
    }
  });

  it("gives an FX bar of Sunday evening to Monday, and shows the closed Saturday", () => {
    const calendar = calendarByName("fx");
    const series = syntheticCandles({
      seed: 2,
      rows: 2000,
      timeframe: "1h",
      calendar,
      start: Date.UTC(2023, 2, 1),
    });
    const cells = calendarCells(calendar, gapLedger(series), [])!;
    const of = (date: string) => cells.cells.find(({ says }) => says.startsWith(date))!;
    expect(of("2023-03-06")).toMatchObject({ expected: 24, known: 24, row: 0 }); // a Monday
    expect(of("2023-03-11").says).toBe("2023-03-11: closed");
    expect(of("2023-03-12").says).toBe("2023-03-12: closed"); // opens at 17:00, which is Monday's trading
  });

  it("flags where an error was found that nothing repaired", () => {
    const series = syntheticCandles({ seed: 4, rows: 30_000 });
    const ledger = gapLedger(series);
    const time = series.openTime[5000]!;
    const flagged = (finding: Finding): number =>
      calendarCells(series.calendar, ledger, [finding])!.cells.filter((cell) => cell.flagged).length;
    expect(flagged(error(time))).toBe(1);
    expect(flagged({ ...error(time), done: "repaired", rule: "x" })).toBe(0);
    expect(flagged({ ...error(time), kind: "unsorted" })).toBe(0);
  });

  it("is empty without bars", () => {
    const series = sliceRows(syntheticCandles({ seed: 4, rows: 5 }), 0, 0);
    expect(calendarCells(series.calendar, gapLedger(series), [])).toBeNull();
  });
});

describe("a stretch of time in words", () => {
  it.each([
    [44 * 60_000, "44 min"],
    [(109 * 24 + 4) * 3_600_000, "109 d 4 h"],
    [3_600_000, "1 h"],
    [999, "999 ms"],
    [0, "0 ms"],
  ])("%i ms is %s", (ms, text) => expect(durationText(ms)).toBe(text));
});
