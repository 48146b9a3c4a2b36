import { describe, expect, it } from "vitest";
import { syntheticCandles } from "../testing/candles.ts";
import { calendar24x7 } from "../time/calendar-24x7.ts";
import { calendarUsEquities } from "../time/calendar-us-equities.ts";
import { barGrid } from "../time/grid.ts";
import { gapLedger, holesOf } from "./gap-ledger.ts";
import { makeSeries } from "./make-series.ts";
import { sliceRows } from "./slice.ts";

const at = (openTime: number[], timeframe: string, calendar = calendar24x7) => {
  const ones = openTime.map(() => 1);
  return makeSeries({ openTime, open: ones, high: ones, low: ones, close: ones, timeframe, calendar });
};

describe("gap ledger", () => {
  it("tells missing bars from known ones", () => {
    const ledger = gapLedger(at([0, 300_000, 1_200_000, 1_800_000], "5m"));
    expect([...ledger.known]).toEqual([1, 1, 0, 0, 1, 0, 1]);
    expect([...ledger.slot]).toEqual([0, 1, 4, 6]);
    expect([...holesOf(ledger)]).toEqual([
      { from: 2, to: 4, firstOpen: 600_000, lastClose: 1_200_000, bars: 2 },
      { from: 5, to: 6, firstOpen: 1_500_000, lastClose: 1_800_000, bars: 1 },
    ]);
  });

  it("is the same whether it makes its bars or is given more than it needs", () => {
    const candles = syntheticCandles({ seed: 3, rows: 9000, calendar: calendarUsEquities, gapShare: 0.1 });
    const [from, to] = [candles.openTime[0]! - 900_000_000, candles.closeTime.at(-1)! + 900_000_000];
    const around = barGrid(calendarUsEquities, "5m", from, to);
    expect(gapLedger(candles, around)).toEqual(gapLedger(candles));
  });

  it("does not count nights, weekends and holidays as missing", () => {
    const days = ["2021-11-24T14:30Z", "2021-11-26T14:30Z", "2021-11-29T14:30Z"].map((t) => Date.parse(t));
    expect([...holesOf(gapLedger(at(days, "1d", calendarUsEquities)))]).toEqual([]);
  });

  it("accounts for every expected bar: known + missing = expected", () => {
    for (const calendar of [calendar24x7, calendarUsEquities]) {
      const series = syntheticCandles({ seed: 3, rows: 2000, timeframe: "30m", calendar, gapShare: 0.1 });
      const ledger = gapLedger(series);
      const missing = [...holesOf(ledger)].reduce((sum, hole) => sum + hole.bars, 0);
      expect(missing).toBeGreaterThan(50);
      expect(2000 + missing).toBe(ledger.grid.open.length);
    }
  });

  it("of no rows is empty", () => {
    const ledger = gapLedger(sliceRows(syntheticCandles({ seed: 1, rows: 5 }), 0, 0));
    expect([ledger.known.length, [...holesOf(ledger)].length]).toEqual([0, 0]);
  });
});
