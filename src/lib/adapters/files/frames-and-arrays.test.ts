import pl from "nodejs-polars";
import { describe, expect, it } from "vitest";
import type { CandleSeries } from "../../candles/candle-series.ts";
import { RhymeError } from "../../errors.ts";
import { iso } from "../../time/units.ts";
import { candlesFromColumns } from "./columns-table.ts";
import { csvTable } from "./csv-table.ts";
import { candlesFromFrame, candlesFromTables } from "./read-candles.ts";

const NOW = Date.UTC(2026, 0, 1);
const T = Date.UTC(2024, 0, 2);
const M5 = 300_000;
const opens = (series: CandleSeries): string[] => Array.from(series.openTime, (t) => iso(t).slice(0, 16));

describe("frames and arrays", () => {
  const columns = {
    timestamp: [T, T + M5],
    open: [2, 2],
    high: [3, 3],
    low: [1, 1],
    close: [2, 2.5],
    volume: [5, 6],
  };

  it("give the same series as a file", () => {
    const options = { now: NOW, symbol: "S" };
    const text = `timestamp,open,high,low,close,volume\n${T},2,3,1,2,5\n${T + M5},2,3,1,2.5,6`;
    const expected = candlesFromTables([csvTable("x.csv", Buffer.from(text))], options).series;
    expect(candlesFromColumns(columns, options).series).toEqual(expected);
    expect(candlesFromFrame(pl.DataFrame(columns), options).series).toEqual(expected);
    const dates = { ...columns, timestamp: columns.timestamp.map((t) => new Date(t)) };
    expect(candlesFromColumns(dates, options).series).toEqual(expected);
    const texts = { ...columns, timestamp: columns.timestamp.map((t) => iso(t)) };
    expect(candlesFromColumns(texts, options).series).toEqual(expected);
  });

  it("read polars' times with their unit and zone", () => {
    const time = pl.col("timestamp").cast(pl.Int64);
    const frame = (dtype: pl.DataType, factor: number) =>
      pl
        .DataFrame(columns)
        .withColumns(time.mul(pl.lit(factor)).cast(pl.Int64).cast(dtype).alias("timestamp"));
    const first = (dtype: pl.DataType, factor: number, zone?: string): string =>
      opens(candlesFromFrame(frame(dtype, factor), { now: NOW, ...(zone ? { zone } : {}) }).series)[0]!;
    expect(first(pl.Datetime("ms", "UTC"), 1)).toBe("2024-01-02T00:00");
    expect(first(pl.Datetime("us", "America/New_York"), 1e3, "Asia/Tokyo")).toBe("2024-01-02T00:00");
    expect(first(pl.Datetime("ns"), 1e6, "Asia/Tokyo")).toBe("2024-01-01T15:00");
  });

  it("name rows with nulls", () => {
    const frame = pl.DataFrame({ ...columns, high: [3, null] });
    const { findings, series } = candlesFromFrame(frame, { now: NOW, timeframe: "5m" });
    expect([series.openTime.length, findings[0]!.kind, findings[0]!.line]).toEqual([1, "bad-price", 2]);
  });

  it("refuse columns of different lengths", () => {
    expect(() => candlesFromColumns({ ...columns, low: [1] }, { now: NOW })).toThrow(
      /column low: expected 2 values/,
    );
    expect(() => candlesFromColumns({ open: [1] }, { now: NOW })).toThrow(RhymeError);
  });
});
