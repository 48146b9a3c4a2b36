import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CandleSeries } from "../../candles/candle-series.ts";
import { resample } from "../../candles/resample.ts";
import { sliceRows, takeRows } from "../../candles/slice.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { needs } from "../../testing/require.ts";
import { calendarByName } from "../../time/calendars.ts";
import type { Calendar } from "../../time/calendar.ts";
import type { Timeframe } from "../../time/timeframe.ts";
import { DAY, HOUR, iso } from "../../time/units.ts";
import { csvTable } from "./csv-table.ts";
import { candlesFromFrame, candlesFromTables, readCandles, type ReadCandles } from "./read-candles.ts";
import { candlesToFrame } from "./write-candles.ts";

const NOW = Date.UTC(2026, 10, 1);
const HEADER = "timestamp,open,high,low,close,volume";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rhyme-longer-"));
});
afterAll(() => rm(folder, { recursive: true }));

const linesOf = ({ openTime, open, high, low, close, volume }: CandleSeries): string[] =>
  Array.from(openTime, (t, i) => [t, open[i], high[i], low[i], close[i], volume[i]].join());
const table = (lines: readonly string[], name = "x.csv") =>
  csvTable(name, Buffer.from([HEADER, ...lines].join("\n")));
const gone = ({ findings }: ReadCandles): number =>
  findings.reduce((sum, { done, count }) => sum + (done === "dropped" || done === "merged" ? count : 0), 0);
const kinds = ({ findings }: ReadCandles): string[] => findings.map(({ kind }) => kind);

/** A market in a fine timeframe, and the same in a coarse one. */
function market(fine: Timeframe, coarse: Timeframe, rows: number, calendarName = "24x7", seed = 1) {
  const calendar = calendarByName(calendarName);
  const base = syntheticCandles({ seed, rows, timeframe: fine, calendar, gapShare: 0.01, source: "file" });
  return { fine: base, coarse: resample(base, coarse), calendar };
}

/** Every candle that was read is one of the market, with all that it was and when it was known. */
function expectTrue({ series }: ReadCandles, market: CandleSeries): void {
  const rows = new Map(Array.from(market.openTime, (t, i) => [t, i]));
  const same = takeRows(
    market,
    Int32Array.from(series.openTime, (t) => rows.get(t)!),
  );
  for (const column of [
    "openTime",
    "closeTime",
    "knownAt",
    "open",
    "high",
    "low",
    "close",
    "volume",
  ] as const) {
    const wrong = series[column].findIndex((value, i) => value !== same[column][i]);
    expect(wrong < 0 ? "none" : iso(series.openTime[wrong]!), `wrong ${column}`).toBe("none");
  }
}

describe("a file of longer and of finer bars", () => {
  it("becomes candles of the finer market alone, none of them known before it closed", () => {
    const worlds = fc.constantFrom<[Timeframe, Timeframe, string]>(
      ["1h", "1d", "24x7"],
      ["5m", "1h", "fx"],
      ["1m", "5m", "us-equities"],
      ["15m", "4h", "us-equities"],
      ["30m", "1d", "fx"],
    );
    const share = fc.double({ min: 0.2, max: 0.7, noNaN: true });
    fc.assert(
      fc.property(
        worlds,
        fc.nat(1e6),
        share,
        fc.boolean(),
        fc.boolean(),
        ([fine, coarse, name], seed, at, said, turned) => {
          const { calendar, ...of } = market(fine, coarse, 6000, name, seed);
          const cut = of.coarse.closeTime[Math.floor(at * of.coarse.closeTime.length)]!;
          const early = sliceRows(of.coarse, 0, of.coarse.closeTime.filter((t) => t <= cut).length);
          const late = sliceRows(of.fine, of.fine.openTime.filter((t) => t < cut).length, Infinity);
          const lines = [...linesOf(early), ...linesOf(late)];
          const options = { now: NOW, calendar, ...(said ? { timeframe: fine } : {}) };
          const read = candlesFromTables([table(turned ? lines.toReversed() : lines)], options);
          expectTrue(read, of.fine);
          expect([read.series.timeframe, kinds(read)[0]]).toEqual([fine, "coarse-stretch"]);
          expect(read.series.openTime.length + gone(read)).toBe(read.rowsRead);
          expect(late.openTime.length - read.series.openTime.length).toBeLessThanOrEqual(2);
        },
      ),
      { seed: 1, numRuns: 30 },
    );
  });

  it("says so on any way in: files, several of them, a frame", async () => {
    const { fine, coarse } = market("5m", "1h", 2000);
    const paths = [join(folder, "hours.csv"), join(folder, "minutes.csv")];
    await writeFile(paths[0]!, [HEADER, ...linesOf(coarse)].join("\n"));
    await writeFile(paths[1]!, [HEADER, ...linesOf(fine)].join("\n"));
    const alone = (await readCandles([paths[1]!], { now: NOW, symbol: "TEST" })).series;
    for (const order of [paths, paths.toReversed()]) {
      const read = await readCandles(order, { now: NOW, symbol: "TEST" });
      expect([read.series, read.findings[0]!.kind, read.findings[0]!.file]).toEqual([
        alone,
        "coarse-stretch",
        paths[0],
      ]);
    }
    const plain = candlesToFrame(coarse).drop("known_at", "close_time", "partial");
    expect(() => candlesFromFrame(plain, { now: NOW, timeframe: "5m" })).toThrow(
      /1h apart in .*, got 5m. Give --timeframe 1h/,
    );
    expect(() => candlesFromFrame(candlesToFrame(coarse), { now: NOW, timeframe: "5m" })).toThrow(/1h apart/);
  });

  it("has no ask of an hour beside bids of 5 minutes", async () => {
    const { fine, coarse } = market("5m", "1h", 2000);
    const bid = join(folder, "S-5m.csv");
    const ask = join(folder, "S-5m-ask.csv");
    await writeFile(bid, [HEADER, ...linesOf(fine)].join("\n"));
    await writeFile(ask, [HEADER, ...linesOf(coarse)].join("\n"));
    await expect(readCandles([bid], { now: NOW, ask: [ask] })).rejects.toThrow(
      /1h apart in .*S-5m-ask\.csv, got 5m/,
    );
    const half = sliceRows(fine, 900, 2000);
    const early = linesOf(coarse).filter((line) => Number(line.split(",")[0]) < half.openTime[0]!);
    await writeFile(ask, [HEADER, ...early, ...linesOf(half)].join("\n"));
    const read = await readCandles([bid], { now: NOW, ask: [ask] });
    expect([read.series.openTime[0]! > half.openTime[0]!, new Set(read.series.spread)]).toEqual([
      true,
      new Set([0]),
    ]);
    expect(kinds(read)).toContain("coarse-stretch");
    expect(read.series.openTime.length + gone(read)).toBe(read.rowsRead);
  });
});

describe("for one timeframe, a file and its beginning", () => {
  it("agree about all candles up to the last two fine steps of the beginning", () => {
    const { fine, coarse } = market("1h", "1d", 3000);
    const [c1, f1] = [linesOf(coarse), linesOf(fine)];
    const days = (from: number, to: number) => c1.filter((line) => inside(line, from, to));
    const hours = (from: number, to: number) => f1.filter((line) => inside(line, from, to));
    const T = fine.openTime[0]!;
    const inside = (line: string, from: number, to: number): boolean => {
      const t = Number(line.slice(0, line.indexOf(",")));
      return t >= T + from * DAY && t < T + to * DAY;
    };
    const lines = [...days(0, 20), ...hours(20, 40), ...days(40, 80), ...hours(80, 110)];
    const options = { now: NOW, timeframe: "1h" };
    const whole = candlesFromTables([table(lines)], options).series;
    const stepTo = (i: number): number =>
      Number(lines[i]!.split(",")[0]) - Number(lines[i - 1]!.split(",")[0]);
    for (let cut = 30; cut < lines.length; cut += 7) {
      const part = candlesFromTables([table(lines.slice(0, cut))], options).series;
      let settled = cut - 1;
      while (settled > 1 && (stepTo(settled) > HOUR || stepTo(settled - 1) > HOUR)) settled--;
      const at = Number(lines[settled]!.split(",")[0]);
      const rows = (s: CandleSeries): number => s.openTime.filter((t) => t < at).length;
      expect(sliceRows(part, 0, rows(part))).toEqual(sliceRows(whole, 0, rows(whole)));
    }
  });
});

describe.skipIf(needs("data").skip)("real candles of two timeframes in one file", () => {
  const real = async (name: string, calendar: Calendar, timeframe: Timeframe): Promise<CandleSeries> => {
    const clock = name.includes("mt5") ? { zone: "America/New_York+07:00", wall: true } : {};
    const path = join(process.env["RHYME_DATA"]!, `${name}-${timeframe}.csv.gz`);
    return (await readCandles([path], { now: NOW, calendar, ...clock })).series;
  };

  it.each([
    ["crypto/SOLUSDT", "24x7", "1d", "5m"],
    ["crypto/SOLUSDT", "24x7", "4h", "15m"],
    ["crypto/BTCUSDT", "24x7", "15m", "5m"],
    ["crypto/BTCUSD-cfd", "fx@UTC", "1h", "30m"],
    ["equities/AAPL", "us-equities", "1d", "1h"],
    ["equities/AAPL-cfd", "us-equities@UTC", "4h", "15m"],
    ["fx/EURUSD", "fx@UTC", "1d", "4h"],
    ["fx/EURUSD-mt5-2026", "fx", "1h", "15m"],
  ])("are told apart: %s", async (name, calendarName, coarse, fine) => {
    const calendar = calendarByName(calendarName);
    const [long, short] = [await real(name, calendar, coarse), await real(name, calendar, fine)];
    const cut = short.openTime[Math.floor(short.openTime.length / 3)]!;
    const early = linesOf(long).filter((line) => Number(line.split(",")[0]) < cut);
    const late = linesOf(short).filter((line) => Number(line.split(",")[0]) >= cut);
    const read = candlesFromTables([table([...early, ...late])], { now: NOW, calendar, timeframe: fine });
    expectTrue(read, short);
    expect(kinds(read)[0]).toBe("coarse-stretch");
    expect(late.length - read.series.openTime.length).toBeLessThanOrEqual(2);
  });
});
