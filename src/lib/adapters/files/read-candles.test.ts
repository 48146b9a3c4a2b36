import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CandleSeries } from "../../candles/candle-series.ts";
import { RhymeError } from "../../errors.ts";
import { calendarUsEquities } from "../../time/calendar-us-equities.ts";
import { iso } from "../../time/units.ts";
import { nameOfFile, readCandles, type ReadCandlesOptions } from "./read-candles.ts";

const NOW = Date.UTC(2026, 0, 1);
const T = Date.UTC(2024, 0, 2);
const M5 = 300_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rhyme-files-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

/** Reads one CSV text. */
async function read(content: string | Buffer, options: Partial<ReadCandlesOptions> = {}, name = "x-5m.csv") {
  return readCandles([await file(name, content)], { now: NOW, ...options });
}

const HEADER = "timestamp,open,high,low,close,volume";
const line = (i: number, rest = "2,3,1,2,5"): string => `${T + i * M5},${rest}`;
const csv = (...lines: string[]): string => [HEADER, ...lines, ""].join("\n");
const GOOD = csv(line(0), line(1), line(2, "2,3,1,2.5,7"));
const opens = (series: CandleSeries): string[] => Array.from(series.openTime, (t) => iso(t).slice(0, 16));

describe("a CSV file", () => {
  it("becomes a series with symbol, timeframe and assumptions", async () => {
    const { series, findings, assumptions, rowsRead } = await read(GOOD, {}, "BTCUSDT-5m.csv");
    expect(findings).toEqual([]);
    expect([series.symbol, series.timeframe, series.source, rowsRead]).toEqual(["BTCUSDT", "5m", "file", 3]);
    expect([...series.close]).toEqual([2, 2, 2.5]);
    expect([...series.knownAt]).toEqual([T + M5, T + 2 * M5, T + 3 * M5]);
    expect(assumptions.join("; ")).toMatch(/timeframe 5m .*24x7.*name the open.*epoch milliseconds/);
  });

  it.each<[string, string | Buffer]>([
    ["gzip", gzipSync(GOOD)],
    ["gzip in two members", Buffer.concat([gzipSync(GOOD.slice(0, 60)), gzipSync(GOOD.slice(60))])],
    ["a byte order mark", `\uFEFF${GOOD}`],
    ["Windows line breaks", GOOD.replaceAll("\n", "\r\n")],
    ["no line break at the end", GOOD.trimEnd()],
    ["blank lines", GOOD.replaceAll("\n", "\n\n")],
    ["tabs", GOOD.replaceAll(",", "\t")],
    ["semicolons", GOOD.replaceAll(",", ";")],
    ["quotes", GOOD.replace(/[^,\n]+/g, '"$&"')],
    ["blanks around the cells", GOOD.replaceAll(",", " , ")],
    ["short names in capitals", GOOD.replace(HEADER, "TS,O,H,L,C,V")],
    ["angle brackets", GOOD.replace(HEADER, "<DATE>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<TICKVOL>")],
    ["numbered names", GOOD.replace(HEADER, "Open Time,1. open,2. high,3. low,4. close,5. volume")],
    ["a nameless first column", GOOD.replace("timestamp", "")],
  ])("is the same with %s", async (_, content) => {
    const [plain, other] = [await read(GOOD), await read(content)];
    expect(other.series).toEqual(plain.series);
    expect(other.findings).toEqual([]);
  });

  it("may hold trades, VWAP, a completeness flag and columns of its own", async () => {
    const header = "date,open,high,low,close,number_of_trades,VWAP,is_closed,note";
    const rows = ["2024-01-02T00:00Z,2,3,1,2,10,2.1,true,a", "2024-01-02T00:05Z,2,3,1,2,20,2.2,false,b"];
    const { series, findings, assumptions } = await read([header, ...rows].join("\n"));
    expect([[...series.trades!], [...series.vwap!], [...series.volume]]).toEqual([[10], [2.1], [0]]);
    expect(findings.map((f) => f.kind)).toEqual(["forming-bar"]);
    expect(assumptions).toContain("columns left out: note");
    expect(assumptions).toContain("no volume column: every volume is 0");
  });

  it("has prices divided by the scale", async () => {
    const { series, assumptions } = await read(csv(line(0, "94371,94420,94326,94380,7"), line(1)), {
      scale: 1e5,
    });
    expect([series.open[0], series.high[0], series.volume[0]]).toEqual([0.94371, 0.9442, 7]);
    expect(assumptions).toContain("prices are divided by 100000");
  });

  it("names each line that is no candle, and keeps the rest", async () => {
    const lines = [
      line(0),
      line(1, "2,3,1"),
      line(2, "2,3,1,2,5,6"),
      line(3, "2,x,1,2,5"),
      "soon,2,3,1,2,5",
      line(5, ",3,1,2,5"),
    ];
    const { series, findings, rowsRead } = await read(
      csv(...lines, "", line(6, "2,3,1,2,"), line(7, "nan,3,1,2,5")),
    );
    const path = join(folder, "x-5m.csv");
    expect(findings.map((f) => `${f.kind} ${f.file === path ? f.line : f.file} ${f.value}`)).toEqual([
      `unparsable-line 3 4 fields, the header has 6: ${T + M5},2,3,1`,
      `unparsable-line 4 7 fields, the header has 6: ${T + 2 * M5},2,3,1,2,5,6`,
      'unparsable-line 5 high is "x"',
      'unparsable-line 6 timestamp is "soon"',
      "unparsable-line 7 open is empty",
      "bad-price 10 open NaN, high 3, low 1, close 2",
      "missing-bars 2 2024-01-02T00:05:00Z to 2024-01-02T00:25:00Z",
    ]);
    expect([opens(series).map((t) => t.slice(14)), series.volume[1], rowsRead]).toEqual([["00", "30"], 0, 8]);
  });

  it("counts lines after a quoted line break", async () => {
    const noted = csv(...[line(0), line(1), line(2)].map((text, i) => `${text},${i === 0 ? '"a\nb"' : "c"}`));
    const { findings } = await read(
      noted.replace(HEADER, `${HEADER},note`).replace(/2,3,1,2,5,c\n$/, "2,3,9,2,5,c\n"),
    );
    expect(findings.map((f) => [f.kind, f.line])).toEqual([["price-contradiction", 5]]);
  });

  it("of bare dates is sessions, of times without a zone the market's clock", async () => {
    const calendar = calendarUsEquities;
    const daily = await read(
      "Date,Open,High,Low,Close\n2021-11-24,2,3,1,2\n2021-11-26,2,3,1,2\n2021-11-29,2,3,1,2\n",
      {
        calendar,
        timeframe: "1d",
      },
    );
    expect(opens(daily.series)[1]).toBe("2021-11-26T14:30");
    expect(daily.findings).toEqual([]);
    const content = "Date,Open,High,Low,Close\n2021-11-26 09:30,2,3,1,2\n2021-11-26 10:00,2,3,1,2\n";
    expect(opens((await read(content, { calendar })).series)).toEqual([
      "2021-11-26T14:30",
      "2021-11-26T15:00",
    ]);
    const london = await read(content, { zone: "Europe/London" });
    expect(opens(london.series)[0]).toBe("2021-11-26T09:30");
    expect(london.assumptions).toContain("times without a zone are read as Europe/London");
  });

  it("may stamp the close", async () => {
    expect(opens((await read(GOOD, { stamp: "close" })).series)[0]).toBe("2024-01-01T23:55");
  });
});

describe("a file that cannot be used", () => {
  it.each<[string, string | Buffer, RegExp]>([
    ["empty", "", /an empty file/],
    ["an empty gzip", gzipSync(""), /an empty file/],
    ["a header only", `${HEADER}\n`, /candles below the header, got a header only/],
    ["a header without a line break", HEADER, /a header only/],
    ["binary", Buffer.from([1, 2, 3, 0, 5]), /binary data \(a NUL at byte 3\)/],
    ["not UTF-8", Buffer.from([0xff, 0x41, 0x42, 0xc3]), /no UTF-8/],
    ["UTF-16", Buffer.from(`\uFEFF${GOOD}`, "utf16le"), /text in UTF-16/],
    ["damaged gzip", gzipSync(GOOD).subarray(0, 60), /damaged gzip/],
    ["damaged Parquet", "PAR1 and nothing else PAR1", /damaged Parquet/],
    ["of numbers without a shape", "1,2\n3,4\n", /x-5m\.csv:1: .*Name the columns in their order/],
    ["without a close", GOOD.replace("close", "last"), /Name a column close/],
    ["JSON", '{"a": [1,2]}', /a header that names a timestamp/],
    ["a single candle", csv(line(0)), /a single candle. Give --timeframe/],
    [
      "all unreadable",
      csv("a,b,c,d,e,f"),
      /x-5m\.csv:2: expected at least one readable candle, got timestamp is "a"/,
    ],
    [
      "of steps that are no timeframe",
      csv(`${T},2,3,1,2,5`, `${T + 7000},2,3,1,2,5`),
      /no timeframe. Give --timeframe/,
    ],
  ])("is named: %s", async (_, content, message) => {
    await expect(read(content)).rejects.toThrow(RhymeError);
    await expect(read(content)).rejects.toThrow(message);
  });

  it("is named with what it is: missing, a folder, none given", async () => {
    await expect(readCandles([join(folder, "none.csv")], { now: NOW })).rejects.toThrow(
      /none\.csv: .*no such file/,
    );
    await expect(readCandles([folder], { now: NOW })).rejects.toThrow(/got a folder/);
    await expect(readCandles([], { now: NOW })).rejects.toThrow(/at least one candle file/);
  });

  it("is one whose bare dates stand for times of day", async () => {
    const content = "date,open,high,low,close\n2021-11-24,2,3,1,2\n2021-11-25,2,3,1,2\n";
    await expect(read(content, { timeframe: "5m" })).rejects.toThrow(/x-5m\.csv:2: expected a time of day/);
  });

  it.each<[Partial<ReadCandlesOptions>, RegExp]>([
    [{ timeframe: "7m" }, /timeframe/],
    [{ zone: "Mars" }, /zone/],
    [{ scale: 0 }, /scale: expected a positive number/],
    [{ scale: NaN }, /scale/],
    [{ lagMs: -1 }, /lag/],
    [{ calendar: calendarUsEquities }, /fit no bar/],
  ])("or an option that does not fit: %j", async (options, message) => {
    await expect(read(GOOD, options)).rejects.toThrow(message);
  });
});

describe("several files", () => {
  it("are one series, in whatever order they are named", async () => {
    const a = await file("a.csv", csv(line(0), line(1), line(3)));
    const b = await file("b.csv.gz", gzipSync(csv(line(1), line(2), line(3, "2,3,1,2.5,5"))));
    const options = { now: NOW, symbol: "S" };
    const [one, other] = [await readCandles([a, b], options), await readCandles([b, a], options)];
    expect(one.series).toEqual(other.series);
    expect(one.series.openTime).toHaveLength(4);
    expect(one.findings.map((f) => f.kind)).toEqual(["duplicate-conflicting", "duplicate-equal"]);
  });

  it("stop between two files when asked to", async () => {
    const path = await file("c.csv", GOOD);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(readCandles([path, path], { now: NOW, signal })).rejects.toThrow(/abort|enough/i);
  });
});

describe("nameOfFile", () => {
  it.each([
    ["/data/BTCUSDT-5m.csv.gz", "BTCUSDT", "5m"],
    ["BTC-USD-coinbase-4h.csv", "BTC-USD-coinbase", "4h"],
    ["BTCUSDT-1m-2023-01.parquet", "BTCUSDT", "1m"],
    ["USDCAD-1h.points.csv.gz", "USDCAD", "1h"],
    ["sp500-2000.csv", "sp500-2000", null],
    ["EURUSD_1d.tsv", "EURUSD", "1d"],
  ])("%s", (path, symbol, timeframe) => {
    expect(nameOfFile(path)).toEqual({ symbol, timeframe });
  });
});
