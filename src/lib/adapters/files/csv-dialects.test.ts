import { describe, expect, it } from "vitest";
import { csvTable } from "./csv-table.ts";
import { candlesFromTables, type ReadCandles, type ReadCandlesOptions } from "./read-candles.ts";

const NOW = Date.UTC(2026, 0, 1);

function read(text: string, options: Partial<ReadCandlesOptions> = {}): ReadCandles {
  const bytes = Buffer.from(text);
  return candlesFromTables([csvTable("x.csv", bytes, options)], { now: NOW, ...options });
}

/** Opening times to the minute, and open, high, low, close and volume of each candle. */
const candles = ({ series }: ReadCandles): (string | number)[][] =>
  Array.from(series.openTime, (t, i) => [
    new Date(t).toISOString().slice(0, 16),
    ...[series.open[i]!, series.high[i]!, series.low[i]!, series.close[i]!, series.volume[i]!],
  ]);

const A = ["2024-11-14T14:01", 1.0523, 1.0525, 1.0521, 1.0522, 40];
const B = ["2024-11-14T14:02", 1.0522, 1.0529, 1.0522, 1.0528, 55];
const NO_VOLUME = [A, B].map((row) => [...row.slice(0, 5), 0]);
const [T1, T2] = [Date.UTC(2024, 10, 14, 14, 1), Date.UTC(2024, 10, 14, 14, 2)];
const P1 = "1.0523,1.0525,1.0521,1.0522";
const P2 = "1.0522,1.0529,1.0522,1.0528";
const tabbed = (text: string): string => text.replaceAll(",", "\t");
const german = (text: string): string => text.replaceAll(",", ";").replaceAll(/\b1\.(\d)/g, "1,$1");

describe("files with a header", () => {
  it.each<[string, string]>([
    [
      "MetaTrader 5, tabs and the time in two columns",
      tabbed(`<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<TICKVOL>,<VOL>,<SPREAD>
2024.11.14,14:01:00,${P1},40,0,12\n2024.11.14,14:02:00,${P2},55,0,13\n`),
    ],
    [
      "Stooq, a ticker and compact dates",
      `<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>
EURUSD,1,20241114,140100,${P1},40,0\nEURUSD,1,20241114,140200,${P2},55,0\n`,
    ],
    [
      "semicolons and decimal commas",
      german(`Date,Open,High,Low,Close,Volume\n2024-11-14 14:01,${P1},40\n2024-11-14 14:02,${P2},55\n`),
    ],
    [
      "decimal commas in quotes",
      `Date,Open,High,Low,Close,Volume
2024-11-14 14:01,"1,0523","1,0525","1,0521","1,0522",40\n2024-11-14 14:02,"1,0522","1,0529","1,0522","1,0528",55\n`,
    ],
    ["pipes", `time,open,high,low,close,volume\n${T1},${P1},40\n${T2},${P2},55\n`.replaceAll(",", "|")],
    [
      "a first line that names the separator",
      `sep=;\n${`time,open,high,low,close,volume\n${T1},${P1},40\n${T2},${P2},55\n`.replaceAll(",", ";")}`,
    ],
    [
      "a separator at the end of every line",
      `time,open,high,low,close,volume\n${T1},${P1},40,\n${T2},${P2},55,\n`,
    ],
    [
      "Dukascopy, the day first",
      `Gmt time,Open,High,Low,Close,Volume
14.11.2024 14:01:00.000,${P1},40\n14.11.2024 14:02:00.000,${P2},55\n`,
    ],
    [
      "Dukascopy on a local clock",
      `Local time,Open,High,Low,Close,Volume
14.11.2024 15:01:00.000 GMT+0100,${P1},40\n14.11.2024 15:02:00.000 GMT+0100,${P2},55\n`,
    ],
    [
      "OANDA v20, nanoseconds and mid prices",
      `time,volume,complete,mid.o,mid.h,mid.l,mid.c
2024-11-14T14:01:00.000000000Z,40,True,${P1}\n2024-11-14T14:02:00.000000000Z,55,True,${P2}\n`,
    ],
    [
      "Binance",
      `Open time,Open,High,Low,Close,Volume,Close time,Quote asset volume,Number of trades
${T1},${P1},40,${T2 - 1},1,0\n${T2},${P2},55,${T2 + 59_999},1,0\n`,
    ],
    ["TradingView", `time,open,high,low,close,Volume\n${T1 / 1000},${P1},40\n${T2 / 1000},${P2},55\n`],
    [
      "freqtrade",
      `date,open,high,low,close,volume\n2024-11-14 14:01:00+00:00,${P1},40\n2024-11-14 14:02:00+00:00,${P2},55\n`,
    ],
    [
      "yfinance",
      `Datetime,Open,High,Low,Close,Adj Close,Volume
2024-11-14 09:01:00-05:00,${P1},1.0,40\n2024-11-14 09:02:00-05:00,${P2},1.0,55\n`,
    ],
    ["Alpaca and Polygon", `t,o,h,l,c,v,n,vw\n${T1},${P1},40,7,1.05\n${T2},${P2},55,8,1.05\n`],
    [
      "Polygon flat files, nanoseconds and close before high",
      `ticker,volume,open,close,high,low,window_start,transactions
C:EURUSD,40,1.0523,1.0522,1.0525,1.0521,${T1}000000,7\nC:EURUSD,55,1.0522,1.0528,1.0529,1.0522,${T2}000000,8\n`,
    ],
    ["line breaks of an old Mac", `time,open,high,low,close,volume\r${T1},${P1},40\r${T2},${P2},55\r`],
    ["blank lines above the header", `\n\ntime,open,high,low,close,volume\n\n${T1},${P1},40\n${T2},${P2},55`],
  ])("%s", (_, text) => {
    const found = read(text, { ...(text.includes("14.11.2024") ? { dates: "dmy" } : {}) });
    expect(candles(found)).toEqual([A, B]);
    expect(found.findings).toEqual([]);
  });

  it("say what they leave out, and why", () => {
    const said = (text: string): string => read(text).assumptions.join("; ");
    expect(
      said(`Date,Open,High,Low,Close,Adj Close,Volume\n2024-11-14,${P1},1,5\n2024-11-15,${P2},1,5`),
    ).toMatch(/columns left out: Adj Close; prices are those not adjusted/);
    const points = tabbed(`<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<TICKVOL>,<VOL>,<SPREAD>
2024.11.14,14:01:00,${P1},40,0,12\n2024.11.14,14:02:00,${P2},55,0,13\n`);
    expect(said(points)).toMatch(
      /columns left out: <VOL>, <SPREAD>; .*the spread column is left out: its unit is not said/,
    );
    expect(read(points).series.spread).toBeUndefined();
    expect(
      said(`time,open,high,low,close\n${T1},94371,94420,94326,94380\n${T2},94380,94400,94300,94310`),
    ).toMatch(/every price is a whole number: where they are points, --scale/);
  });

  it("may have two columns of a name, but not of one that is needed", () => {
    const text = (name: string): string =>
      `time,open,high,low,close,${name},${name}\n${T1},${P1},7,9\n${T2},${P2},7,9`;
    expect(read(text("note")).series.openTime).toHaveLength(2);
    expect(() => read(text("close"))).toThrow(
      /x\.csv:1: expected one column close, got the columns "close" and/,
    );
    expect(candles(read(text("volume").replace("volume,volume", "volume,volume.1")))[0]![5]).toBe(7);
  });

  it.each(["1,234.5", "1'234.5", "1.234,5", "1,234,567"])(
    "with thousands such as %s are refused",
    (price) => {
      const row = [price, price, price, price].join(";");
      expect(() => read(`time;open;high;low;close\n${T1};${row}\n${T2};${row}`)).toThrow(
        /separators between thousands/,
      );
    },
  );

  it("whose comma could group thousands are refused until somebody says", () => {
    const text = `time;open;high;low;close\n${T1};109,123;109,125;109,120;109,124\n${T2};109,124;109,129;109,121;109,128`;
    expect(() => read(text)).toThrow(
      /"109,123", which could be a fraction or thousands. Give --decimal comma/,
    );
    expect(read(text, { decimal: "comma" }).series.close[1]).toBe(109.128);
    expect(read(text.replace("109,129", "109,13")).series.high[1]).toBe(109.13);
  });

  it.each(["True/False", "true/false", "1/0", "1.0/0.0", "yes/no", "T/F", "closed/"])(
    "with a flag %s",
    (pair) => {
      const [yes, no] = pair.split("/");
      for (const name of ["complete", "is_closed", "x", "confirm", "isFinal"]) {
        const { series, findings } = read(`t,o,h,l,c,${name}\n${T1},${P1},${yes}\n${T2},${P2},${no}`, {
          timeframe: "1m",
        });
        const forming = no === "" ? [] : ["forming-bar"];
        expect([name, series.openTime.length, ...findings.map((f) => f.kind)]).toEqual([
          name,
          2 - forming.length,
          ...forming,
        ]);
      }
    },
  );

  it("with a flag that says something else are not believed on that line", () => {
    const { findings } = read(`t,o,h,l,c,complete\n${T1},${P1},true\n${T2},${P2},perhaps`, {
      timeframe: "1m",
    });
    expect(findings.map((f) => [f.kind, f.line, f.value])).toEqual([
      ["unparsable-line", 3, 'complete is "perhaps"'],
    ]);
  });

  it("of several symbols are refused", () => {
    const text = `symbol,time,open,high,low,close\nA,${T1},${P1}\nB,${T1},${P1}\nA,${T2},${P2}\nB,${T2},${P2}`;
    expect(() => read(text)).toThrow(/rows of one symbol, got A, B/);
    expect(read(text.replaceAll("\nB", "\nA")).series.openTime).toHaveLength(2);
  });
});

describe("files without a header", () => {
  it.each<[string, string, (string | number)[][]]>([
    ["time, prices", `${T1},${P1}\n${T2},${P2}\n`, NO_VOLUME],
    ["time, prices, volume", `${T1},${P1},40\n${T2},${P2},55\n`, [A, B]],
    ["ISO times", `2024-11-14T14:01:00Z,${P1},40\n2024-11-14T14:02:00Z,${P2},55\n`, [A, B]],
    ["MetaTrader 4", `2024.11.14,14:01,${P1},40\n2024.11.14,14:02,${P2},55\n`, [A, B]],
    [
      "MetaTrader 5",
      tabbed(`2024.11.14,14:01:00,${P1},40,0,12\n2024.11.14,14:02:00,${P2},55,0,13\n`),
      [A, B],
    ],
    ["HistData", `20241114 140100,${P1},40\n20241114 140200,${P2},55\n`.replaceAll(",", ";"), [A, B]],
    ["decimal commas", german(`20241114 140100,${P1},40\n20241114 140200,${P2},55\n`), [A, B]],
    ["Kraken", `${T1 / 1000},${P1},40,7\n${T2 / 1000},${P2},55,8\n`, [A, B]],
    [
      "Binance archive",
      `${T1},${P1},40,${T2 - 1},1.5,7,1.5,2.5,0\n${T2},${P2},55,${T2 + 59_999},1.5,8,1.5,2.5,0\n`,
      [A, B],
    ],
    [
      "Binance archive in µs",
      `${T1}000,${P1},40,${T2 - 1}999,1.5,7,1.5,2.5,0\n${T2}000,${P2},55,${T2 + 59_999}999,1.5,8,1.5,2.5,0\n`,
      [A, B],
    ],
  ])("are known by their shape, which is said: %s", (_, text, expected) => {
    const found = read(text);
    expect(candles(found)).toEqual(expected);
    expect(found.findings).toEqual([]);
    expect(found.assumptions.join()).toMatch(/no header: columns are read as .*open,.* high, low, close/);
  });

  it.each([
    [
      "low, high, open, close as Coinbase sends them",
      `${T1},1.0521,1.0525,1.0523,1.0522,40\n${T2},1.0522,1.0529,1.0523,1.0528,55\n`,
    ],
    ["more columns than anybody writes", `${T1},${P1},1,2,3,4.5\n${T2},${P2},1,2,3,4.5\n`],
    ["a ticker first, which looks like a header", `EURUSD,${T1},${P1}\nEURUSD,${T2},${P2}\n`],
  ])("are refused where the shape could mean several things: %s", (_, text) => {
    expect(() => read(text)).toThrow(/--columns time,open,high,low,close,volume/);
  });

  it("are read as --columns says", () => {
    const coinbase = `${T1},1.0521,1.0525,1.0523,1.0522,40\n${T2},1.0522,1.0529,1.0522,1.0528,55\n`;
    const columns = ["time", "low", "high", "open", "close", "volume"];
    const found = read(coinbase, { columns });
    expect(candles(found)).toEqual([A, B]);
    expect(found.assumptions).toContain("columns are named time, low, high, open, close, volume");
    const ticker = `EURUSD,${T1},${P1},40\nEURUSD,${T2},${P2},55\n`;
    const named = ["-", "time", "open", "high", "low", "close", "volume"];
    expect(candles(read(ticker, { columns: named })).at(-1)).toEqual(B);
    expect(() => read(coinbase, { columns: ["time", "open"] })).toThrow(
      /--columns: expected 6 names.*got 2: time,open/,
    );
  });
});
