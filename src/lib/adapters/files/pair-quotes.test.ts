import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { needs } from "../../testing/require.ts";
import { calendarByName } from "../../time/calendars.ts";
import { readCandles, type ReadCandles, type ReadCandlesOptions } from "./read-candles.ts";

const NOW = Date.UTC(2026, 0, 1);
const T = Date.UTC(2024, 0, 2);
const data = needs("data");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rhyme-quotes-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(
  name: string,
  lines: readonly string[],
  header = "timestamp,open,high,low,close,volume",
): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, [header, ...lines, ""].join("\n"));
  return path;
}

/** A bar i minutes after T, all its prices moved by `shift`. */
const bar = (i: number, shift = 0, volume = 5): string =>
  [T + i * 60_000, ...[1.5, 1.75, 1.25, 1.5].map((p) => p + shift), volume].join(",");

async function readPair(
  bid: readonly string[],
  ask: readonly string[],
  more: Partial<ReadCandlesOptions> = {},
): Promise<ReadCandles> {
  const paths = [await file("S-1m.csv", bid), await file("S-1m-ask.csv", ask)] as const;
  return readCandles([paths[0]], { now: NOW, ask: [paths[1]], timeframe: "1m", ...more });
}

/** Rows read are rows kept or rows that a finding dropped or merged. */
function expectAllCounted({ series, findings, rowsRead }: ReadCandles): void {
  const gone = findings.filter(({ done }) => done === "dropped" || done === "merged");
  expect(gone.reduce((sum, { count }) => sum + count, series.openTime.length)).toBe(rowsRead);
}

describe("bid and ask in two files", () => {
  it("become the middle, with the spread at the close and the bid's volume", async () => {
    const read = await readPair([bar(0), bar(1)], [bar(0, 0.25, 9), bar(1, 0.5, 9)]);
    const { series, findings, rowsRead, assumptions } = read;
    expect([[...series.open], [...series.high], [...series.low], [...series.close]]).toEqual([
      [1.625, 1.75],
      [1.875, 2],
      [1.375, 1.5],
      [1.625, 1.75],
    ]);
    expect([[...series.spread!], [...series.volume], rowsRead, findings]).toEqual([
      [0.25, 0.5],
      [5, 5],
      2,
      [],
    ]);
    expect(assumptions.join()).toMatch(
      /middle of bid and ask \(of highs and lows an approximation\), volume is the bid's/,
    );
    expectAllCounted(read);
  });

  it("make no candle where one side is missing, and say so", async () => {
    const read = await readPair([bar(0), bar(1), bar(3)], [bar(1, 0.25), bar(2, 0.25), bar(3, 0.25)]);
    expect(read.series.openTime).toHaveLength(2);
    const unpaired = read.findings.filter((f) => f.kind === "unpaired-quote");
    expect(unpaired.map((f) => [f.file.split("/").at(-1), f.line, f.value])).toEqual([
      ["S-1m.csv", 2, "no ask of this time"],
      ["S-1m-ask.csv", 3, "no bid of this time"],
    ]);
    expectAllCounted(read);
  });

  it("are each judged by themselves, before the middle could hide a defect", async () => {
    const broken = bar(1).replace("1.75", "1.3"); // a high below open and close, in the bid alone
    const read = await readPair(
      [bar(0), broken, bar(2), bar(2), "x"],
      [bar(0, 0.5), bar(1, 0.5), bar(2, 0.5)],
    );
    expect(read.findings.map((f) => f.kind)).toEqual([
      "unparsable-line",
      "price-contradiction",
      "duplicate-equal",
      "unpaired-quote",
      "missing-bars",
    ]);
    expect(read.series.openTime).toHaveLength(2);
    expectAllCounted(read);
  });

  it("do not depend on the order of rows", async () => {
    const bid = [bar(0), bar(1), bar(2), bar(4)];
    const ask = [bar(0, 0.25), bar(2, 0.25), bar(1, 0.25), bar(3, 0.5)];
    const [one, other] = [await readPair(bid, ask), await readPair(bid.toReversed(), ask.toReversed())];
    expect(other.series).toEqual(one.series);
  });

  it("may cross: a negative spread is a finding, and most of them mean the sides are mixed up", async () => {
    const read = await readPair([bar(0), bar(1), bar(2)], [bar(0, 0.25), bar(1, -0.25), bar(2, 0.25)]);
    expect(read.findings.map((f) => [f.kind, f.line, f.done, f.value])).toEqual([
      ["negative-spread", 3, "kept", "ask − bid is -0.25"],
    ]);
    expect([...read.series.spread!]).toEqual([0.25, -0.25, 0.25]);
    await expect(readPair([bar(0), bar(1)], [bar(0, -0.25), bar(1, -0.25)])).rejects.toThrow(
      /2 of 2 spreads below zero. Give the ask side as --ask/,
    );
  });

  it("belong together by name, and are never taken for one series", async () => {
    const [bid, ask, other] = [
      await file("X-1m.csv", [bar(0), bar(1)]),
      await file("X-1m-ask.csv", [bar(0, 0.25), bar(1, 0.25)]),
      await file("Y-1m-ask.csv", [bar(0, 0.5), bar(1, 0.5)]),
    ];
    const { series, assumptions } = await readCandles([bid], { now: NOW, ask: [other, ask] });
    expect([...series.spread!]).toEqual([0.25, 0.25]);
    expect(assumptions.at(-1)).toBe(`ask files of other series are left out: ${other}`);
    await expect(readCandles([bid], { now: NOW, ask: [other] })).rejects.toThrow(
      /--ask: expected an ask file of X/,
    );
    await expect(readCandles([bid, ask], { now: NOW })).rejects.toThrow(
      /Give the other side by itself: --ask /,
    );
    await expect(readPair([bar(0), bar(1)], [bar(5), bar(6)])).rejects.toThrow(/no bar that both have/);
  });

  it("with a scale are divided both", async () => {
    const { series } = await readPair([bar(0), bar(1)], [bar(0, 0.5), bar(1, 0.5)], { scale: 2 });
    expect([series.close[0], series.spread![0]]).toEqual([0.875, 0.25]);
  });
});

describe("bid and ask in one file", () => {
  const names = (pattern: (side: string, price: string) => string): string =>
    [
      "time",
      ...["bid", "ask"].flatMap((side) => ["open", "high", "low", "close"].map((p) => pattern(side, p))),
    ].join(",");
  const row = (i: number): string => [T + i * 60_000, 1.5, 1.75, 1.25, 1.5, 1.75, 2, 1.5, 1.75].join(",");

  it.each<[string, (side: string, price: string) => string]>([
    ["bid_o", (side, price) => `${side}_${price[0]}`],
    ["bid.o", (side, price) => `${side}.${price[0]}`],
    [
      "BidOpen",
      (side, price) => side[0]!.toUpperCase() + side.slice(1) + price[0]!.toUpperCase() + price.slice(1),
    ],
    ["open_bid", (side, price) => `${price}_${side}`],
  ])("named %s become the middle", async (_, pattern) => {
    const read = await readCandles([await file("B-1m.csv", [row(0), row(1)], names(pattern))], { now: NOW });
    expect([[...read.series.close], [...read.series.spread!], read.rowsRead]).toEqual([
      [1.625, 1.625],
      [0.25, 0.25],
      2,
    ]);
    expectAllCounted(read);
  });

  it("lose the row of which one side is broken", async () => {
    const header = names((side, price) => `${side}_${price}`);
    const read = await readCandles(
      [await file("B-1m.csv", [row(0), row(1).replace(",2,", ",1.6,"), row(2)], header)],
      { now: NOW, timeframe: "1m" },
    );
    expect(read.series.openTime).toHaveLength(2);
    expect(read.findings.map((f) => f.kind)).toEqual([
      "price-contradiction",
      "unpaired-quote",
      "missing-bars",
    ]);
    expectAllCounted(read);
  });

  it("beside prices of their own give the spread alone; one side alone is the price", async () => {
    const both = "time,open,high,low,close,bid_close,ask_close";
    const rows = [0, 1].map((i) => `${T + i * 60_000},1.5,1.75,1.25,1.5,1.25,1.75`);
    const { series } = await readCandles([await file("P-1m.csv", rows, both)], { now: NOW });
    expect([[...series.close], [...series.spread!]]).toEqual([
      [1.5, 1.5],
      [0.5, 0.5],
    ]);
    const one = "time,bid_open,bid_high,bid_low,bid_close";
    const bids = [0, 1].map((i) => `${T + i * 60_000},1.5,1.75,1.25,1.5`);
    const read = await readCandles([await file("O-1m.csv", bids, one)], { now: NOW });
    expect([[...read.series.close], read.series.spread]).toEqual([[1.5, 1.5], undefined]);
    expect(read.assumptions).toContain("prices are those of the bid alone");
  });
});

describe("real pairs", () => {
  it.skipIf(data.skip).each([
    ["EURUSD", 18_184, 0.00023],
    ["GBPUSD", 30_117, 0.0005],
  ])("of %s have every bid its ask, and a spread of a few points", async (symbol, rows, widest) => {
    const path = (name: string): string => join(process.env["RHYME_DATA"]!, "fx", name);
    const options = { now: NOW, calendar: calendarByName("fx"), ask: [path(`${symbol}-1m-ask.csv.gz`)] };
    const read = await readCandles([path(`${symbol}-1m.csv.gz`)], options);
    const spread = read.series.spread!.toSorted();
    expect([read.series.openTime.length, read.rowsRead]).toEqual([rows, rows]);
    expect(read.findings.filter((f) => f.kind === "unpaired-quote")).toEqual([]);
    expect(spread[rows >> 1]).toBeGreaterThan(0);
    expect(spread[rows >> 1]).toBeLessThan(widest);
  });
});
