import { describe, expect, it } from "vitest";
import { csvTable } from "./csv-table.ts";
import { candlesFromTables, type ReadCandles, type ReadCandlesOptions } from "./read-candles.ts";

function read(text: string, options: Partial<ReadCandlesOptions> = {}): ReadCandles {
  const now = Date.UTC(2026, 0, 1);
  return candlesFromTables([csvTable("x.csv", Buffer.from(text), options)], { now, ...options });
}

const [T1, T2] = [Date.UTC(2024, 10, 14, 14, 1), Date.UTC(2024, 10, 14, 14, 2)];
const P1 = "1.0523,1.0525,1.0521,1.0522";
const P2 = "1.0522,1.0529,1.0522,1.0528";

describe("a stray quote", () => {
  const header = "time,open,high,low,close,note";
  const line = (i: number, note = "x"): string => `${T1 + i * 60_000},${P1},${note}`;
  const kinds = (text: string): [string, number | null][] =>
    read(text, { timeframe: "1m" })
      .findings.filter((f) => f.kind !== "missing-bars")
      .map((f) => [f.kind, f.line]);

  it("costs the line it stands on, and no other", () => {
    const lines = [line(0), line(1).replace(",1.0523", ',"1.0523'), line(2), line(3, '"x'), line(4)];
    expect(kinds([header, ...lines].join("\n"))).toEqual([
      ["unparsable-line", 3],
      ["unparsable-line", 5],
    ]);
  });

  it("does not pair up with another one further down", () => {
    const lines = [line(0, '"x'), line(1), line(2), line(3, 'x"'), line(4)];
    expect(kinds([header, ...lines].join("\n"))).toEqual([["unparsable-line", 2]]);
    expect(read([header, ...lines].join("\n")).series.openTime).toHaveLength(4);
  });

  it("inside a cell that nobody needs does no harm", () => {
    expect(
      kinds([header, line(0, 'a 5" pipe'), line(1, '"a ""quoted"" word, and a comma"')].join("\n")),
    ).toEqual([]);
  });

  it("never joins a number across lines", () => {
    const text = [header, line(0), `${T1 + 60_000},"1.05\n23",1.0525,1.0521,1.0522,x`, line(2)].join("\n");
    expect(kinds(text)).toEqual([["unparsable-line", 3]]);
  });
});

describe("what else happens to lines", () => {
  const header = "time,open,high,low,close,volume";

  it("is named: NUL bytes, a line of a megabyte, separators alone", () => {
    const lines = [
      `${T1},${P1},1`,
      `${T2},1.0523,1.05\0${P1},1`,
      `${T2},${"9".repeat(1_000_000)}`,
      ",,,,,",
      `${T2},${P2},2`,
    ];
    const { findings, series, rowsRead } = read([header, ...lines].join("\n"));
    expect([series.openTime.length, rowsRead]).toEqual([2, 5]);
    expect(findings.map((f) => [f.line, f.value.slice(0, 24)])).toEqual([
      [3, "7 fields, the header has"],
      [4, "a line of 1000014 bytes"],
      [5, "time is empty"],
    ]);
  });

  it("does not matter where an empty cell is one that may be empty", () => {
    const { series, findings } = read(`${header}\n${T1},${P1},\n${T2},${P2},nan`);
    expect([[...series.volume], findings]).toEqual([[0, 0], []]);
  });
});

describe("a separator at the end of every line", () => {
  const header = "time,open,high,low,close,volume";

  it("is no field, and a line with something behind it is no candle", () => {
    const lines = [`${T1},${P1},1,`, `${T2},${P2},2,7`, `${T2},${P2},3,`];
    const { findings, series } = read([header, ...lines, ""].join("\r\n"), { timeframe: "1m" });
    expect([...series.volume]).toEqual([1, 3]);
    expect(findings.map((f) => [f.kind, f.line])).toEqual([["unparsable-line", 3]]);
  });
});
