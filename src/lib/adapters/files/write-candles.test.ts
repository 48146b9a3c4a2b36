import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeSeries } from "../../candles/make-series.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { calendarUsEquities } from "../../time/calendar-us-equities.ts";
import { fileSource, groupFiles } from "./file-source.ts";
import { candlesFromFrame, readCandles } from "./read-candles.ts";
import { candlesToFrame, writeParquet } from "./write-candles.ts";

const NOW = Date.UTC(2026, 0, 1);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rhyme-parquet-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("writing and reading again", () => {
  it.each([
    ["5m", undefined],
    ["1h", calendarUsEquities],
    ["1d", calendarUsEquities],
    ["1w", calendarUsEquities],
    ["1mo", undefined],
  ])("gives the same series for %s", async (timeframe, calendar) => {
    const options = { timeframe, ...(calendar ? { calendar } : {}) };
    const plain = syntheticCandles({
      seed: 4,
      rows: 50,
      gapShare: 0.1,
      source: "file",
      symbol: "A",
      ...options,
    });
    const series = makeSeries({ ...plain, trades: plain.volume.map((v) => v % 7), vwap: plain.close });
    const path = join(folder, `A-${timeframe}.parquet`);
    await writeParquet(path, series);
    const read = await readCandles([path], { now: NOW, ...options });
    expect(read.series).toEqual(series);
    expect(candlesFromFrame(candlesToFrame(series), { now: NOW, symbol: "A", ...options }).series).toEqual(
      series,
    );
  });

  it("leaves nothing behind when it cannot be finished", async () => {
    const target = join(folder, "half");
    await expect(
      writeParquet(join(target, "x.parquet"), syntheticCandles({ seed: 1, rows: 3 })),
    ).rejects.toThrow(/ENOENT/);
    const path = join(folder, "stopped.parquet");
    await expect(
      writeParquet(path, syntheticCandles({ seed: 1, rows: 3 }), AbortSignal.abort()),
    ).rejects.toThrow(/abort|enough/i);
    expect((await readdir(folder)).filter((name) => name.includes("stopped"))).toEqual([]);
  });
});

describe("fileSource", () => {
  it("lists series and reads them page by page", async () => {
    const series = syntheticCandles({ seed: 8, rows: 25, symbol: "B", source: "file" });
    const path = join(folder, "B-5m.parquet");
    await writeParquet(path, series);
    const source = fileSource([path, join(folder, "A-5m.parquet")], { now: NOW, pageRows: 10 });
    expect(await source.list()).toEqual([
      { symbol: "B", timeframe: "5m", source: "file" },
      { symbol: "A", timeframe: "5m", source: "file" },
    ]);
    const range = { symbol: "B", timeframe: "5m", from: series.openTime[2]!, to: series.openTime[24]! };
    const opens: number[] = [];
    const sizes: number[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await source.read({ ...range, ...(cursor === undefined ? {} : { cursor }) });
      opens.push(...page.series.openTime);
      sizes.push(page.series.openTime.length);
      cursor = page.cursor;
    }
    expect([opens, sizes]).toEqual([[...series.openTime.slice(2, 24)], [10, 10, 2]]);
    await expect(source.read({ symbol: "C", timeframe: "5m" })).rejects.toThrow(
      /one of B 5m, A 5m, got C 5m/,
    );
    await expect(source.read({ ...range, signal: AbortSignal.abort() })).rejects.toThrow(/abort|enough/i);
  });

  it("puts files of one name together, and all of them where a symbol is given", () => {
    const paths = ["a/X-5m-2023.csv", "a/X-5m-2024.csv", "a/X-1h.csv", "Y.csv"];
    expect(groupFiles(paths)).toEqual([paths.slice(0, 2), ["a/X-1h.csv"], ["Y.csv"]]);
    expect(groupFiles(paths, "X")).toEqual([paths]);
  });
});
