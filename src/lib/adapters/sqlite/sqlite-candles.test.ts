import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CandleSeries } from "../../candles/candle-series.ts";
import { makeSeries } from "../../candles/make-series.ts";
import { RhymeError } from "../../errors.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { temporaryFolder, type TemporaryFolder } from "../../testing/temporary-folder.ts";
import { calendar24x7 } from "../../time/calendar-24x7.ts";
import { calendarUsEquities } from "../../time/calendar-us-equities.ts";
import { openMemoryFolder, type MemoryFolder } from "./open-memory.ts";

const NOW = Date.UTC(2026, 0, 1);
const BAR = 300_000;
const KEY = { source: "synthetic", symbol: "TEST", timeframe: "5m" };

/** The same rows with other closes (and room for them between low and high). */
function changed(series: CandleSeries, rows: readonly number[], factor = 1.001): CandleSeries {
  const close = series.close.map((price, i) => (rows.includes(i) ? price * factor : price));
  return {
    ...series,
    close,
    high: series.high.map((price, i) => Math.max(price, close[i]!)),
    low: series.low.map((price, i) => Math.min(price, close[i]!)),
  };
}

function rows(series: CandleSeries, from: number, to: number): CandleSeries {
  const cut = Object.entries(series).map(([name, value]) => [
    name,
    ArrayBuffer.isView(value) ? (value as Float64Array).slice(from, to) : (value as unknown),
  ]);
  return Object.fromEntries(cut) as CandleSeries;
}

describe("the candle store of a memory folder", () => {
  let at: TemporaryFolder;
  let folder: MemoryFolder;
  const candles = syntheticCandles({ seed: 3, rows: 300, gapShare: 0.05, lagMs: 2000 });
  beforeEach(() => {
    at = temporaryFolder();
    folder = openMemoryFolder(at.path, { mode: "write" });
  });
  afterEach(() => {
    folder.close();
    at.remove();
  });

  it("gives back what was written, to the bit", () => {
    expect(folder.candles.write(candles, NOW)).toEqual({ added: 300, unchanged: 0, corrected: 0, late: 0 });
    expect(folder.candles.read(KEY, { asOf: Infinity })).toEqual(candles);
    const withMore = {
      ...candles,
      symbol: "MORE",
      trades: candles.volume.map((v, i) => (i === 3 ? NaN : v)),
      vwap: candles.close,
      spread: candles.close.map((_, i) => 0.01 * ((i % 5) - 1)),
    };
    folder.candles.write(withMore, NOW);
    expect(folder.candles.read({ ...KEY, symbol: "MORE" }, { asOf: Infinity })).toEqual(withMore);
    expect(
      folder.candles
        .list()
        .map(({ symbol, rows: count, first, last, calendar }) => [symbol, count, first, last, calendar]),
    ).toEqual(
      ["MORE", "TEST"].map((symbol) => [symbol, 300, candles.openTime[0], candles.openTime[299], "24x7"]),
    );
    expect(folder.verify().problems).toEqual([]);
  });

  it("leaves equal rows alone, however often they come", () => {
    folder.candles.write(candles, NOW);
    expect(folder.candles.write(candles, NOW + 1)).toEqual({
      added: 0,
      unchanged: 300,
      corrected: 0,
      late: 0,
    });
    const later = { ...candles, knownAt: candles.knownAt.map((t) => t + 99) };
    expect(folder.candles.write(later, NOW + 2)).toEqual({ added: 0, unchanged: 300, corrected: 0, late: 0 });
    expect(folder.candles.corrections(KEY)).toHaveLength(0);
    expect(folder.candles.read(KEY, { asOf: Infinity })).toEqual(candles);
  });

  it("takes newer bars as known when they say, and earlier history as known now", () => {
    folder.candles.write(rows(candles, 100, 200), NOW);
    expect(folder.candles.write(rows(candles, 200, 300), NOW + 1).added).toBe(100);
    expect([...folder.candles.corrections(KEY)]).toEqual([]);
    expect(folder.candles.write(rows(candles, 0, 150), NOW + 2)).toEqual({
      added: 0,
      unchanged: 50,
      corrected: 0,
      late: 100,
    });
    expect([...folder.candles.corrections(KEY)]).toEqual([NOW + 2]);
    const all = folder.candles.read(KEY, { asOf: Infinity });
    expect(all.openTime).toEqual(candles.openTime);
    expect(new Set(all.knownAt.slice(0, 100))).toEqual(new Set([NOW + 2]));
    expect(all.knownAt.slice(100)).toEqual(candles.knownAt.slice(100));
    expect(folder.candles.read(KEY, { asOf: NOW + 1 })).toEqual(rows(candles, 100, 300));
  });

  it("keeps a correction as a new fact: before it the past is what it was", () => {
    folder.candles.write(candles, NOW);
    expect(folder.candles.write(changed(candles, [7, 200]), NOW + 5)).toEqual({
      added: 0,
      unchanged: 298,
      corrected: 2,
      late: 0,
    });
    expect(folder.candles.read(KEY, { asOf: NOW + 4 })).toEqual(candles);
    const after = folder.candles.read(KEY, { asOf: NOW + 5 });
    expect(after.close[7]).toBe(candles.close[7]! * 1.001);
    expect([after.knownAt[7], after.knownAt[8]]).toEqual([NOW + 5, candles.knownAt[8]]);
    expect(folder.candles.write(candles, NOW + 9).corrected).toBe(2);
    expect([...folder.candles.corrections(KEY)]).toEqual([NOW + 5, NOW + 9]);
    expect(folder.candles.read(KEY, { asOf: Infinity }).close).toEqual(candles.close);
    expect(folder.candles.list()[0]!.rows).toBe(300);
  });

  it("reads the bars with from ≤ openTime < to that were known by asOf", () => {
    folder.candles.write(candles, NOW);
    const [from, to] = [candles.openTime[20]!, candles.openTime[30]!];
    expect(folder.candles.read(KEY, { from, to, asOf: Infinity })).toEqual(rows(candles, 20, 30));
    const asOf = candles.knownAt[24]!;
    expect(folder.candles.read(KEY, { from, to, asOf })).toEqual(rows(candles, 20, 25));
    expect(folder.candles.read(KEY, { from, to, asOf: asOf - 1 })).toEqual(rows(candles, 20, 24));
    expect(folder.candles.read(KEY, { from: to, to: from, asOf: Infinity }).openTime).toHaveLength(0);
  });

  it("decides between two facts of one bar and one instant by content, whichever came first", () => {
    const read = [
      [1.001, 1.002],
      [1.002, 1.001],
    ].map(([first, second], i) => {
      const key = { ...KEY, symbol: `S${i}` };
      folder.candles.write({ ...candles, symbol: key.symbol }, NOW);
      folder.candles.write(changed({ ...candles, symbol: key.symbol }, [5], first), NOW + 1);
      folder.candles.write(changed({ ...candles, symbol: key.symbol }, [5], second), NOW + 1);
      return folder.candles.read(key, { asOf: Infinity }).close;
    });
    expect(read[0]).toEqual(read[1]);
    expect(read[0]![5]).not.toBe(candles.close[5]);
  });

  it("never lets a late fact be known before its own bar closed", () => {
    folder.candles.write(candles, NOW);
    folder.candles.write(changed(candles, [9]), 5);
    expect(folder.candles.read(KEY, { asOf: Infinity }).knownAt[9]).toBe(candles.knownAt[9]);
  });

  it("keeps series of other sources and timeframes apart", () => {
    folder.candles.write(candles, NOW);
    folder.candles.write({ ...changed(candles, [0]), source: "other" }, NOW);
    expect(folder.candles.read(KEY, { asOf: Infinity })).toEqual(candles);
    expect(() => folder.candles.read({ ...KEY, timeframe: "1h" }, { asOf: Infinity })).toThrow(RhymeError);
    expect(folder.candles.corrections({ ...KEY, timeframe: "1h" })).toHaveLength(0);
  });

  it("refuses another calendar, a name that none may have and a missing clock, and stays as it was", () => {
    folder.candles.write(candles, NOW);
    expect(() => folder.candles.write({ ...candles, calendar: calendarUsEquities }, NOW)).toThrow(
      /calendar 24x7/,
    );
    expect(() => folder.candles.write({ ...candles, symbol: "a\nb" }, NOW)).toThrow(RhymeError);
    expect(() => folder.candles.write(changed(candles, [1]), NaN)).toThrow(RhymeError);
    expect(folder.candles.read(KEY, { asOf: Infinity })).toEqual(candles);
  });

  it("refuses a row that no series may hold by its number, and keeps nothing of that write", () => {
    folder.candles.write(rows(candles, 0, 100), NOW);
    const broken = { ...candles, close: candles.close.map((price, i) => (i === 150 ? NaN : price)) };
    expect(() => folder.candles.write(broken, NOW)).toThrow(/row 150/);
    expect(() =>
      folder.candles.write({ ...candles, knownAt: candles.knownAt.map((t) => t + 0.5) }, NOW),
    ).toThrow(/row 100/);
    expect(folder.candles.read(KEY, { asOf: Infinity })).toEqual(rows(candles, 0, 100));
  });

  it("takes an empty series, a single row and prices of every size", () => {
    expect(folder.candles.write(rows(candles, 0, 0), NOW)).toEqual({
      added: 0,
      unchanged: 0,
      corrected: 0,
      late: 0,
    });
    const prices = [5e-324, 1e-12, 0.1 + 0.2, 1.7976931348623157e308];
    const odd = makeSeries({
      ...{ source: "odd", symbol: "ODD", timeframe: "5m", calendar: calendar24x7 },
      openTime: prices.map((_, i) => i * BAR),
      ...{ open: prices, high: prices, low: prices, close: prices, volume: [0, -0, 1e300, 0.5] },
    });
    folder.candles.write(odd, NOW);
    expect(folder.candles.read(odd, { asOf: Infinity }).close).toEqual(Float64Array.from(prices));
    expect(folder.verify().problems).toEqual([]);
  });
});
