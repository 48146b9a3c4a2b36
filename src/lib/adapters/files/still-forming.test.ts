import { describe, expect, it } from "vitest";
import { csvTable } from "./csv-table.ts";
import { candlesFromTables, type ReadCandles } from "./read-candles.ts";

const NOW = Date.UTC(2026, 0, 1);
const T = Date.UTC(2024, 0, 2);

const row = (i: number, rest = "2,3,1,2,5"): string => `${T + i * 60_000},${rest}`;

/** Files of one series, in both orders; the series must be the same. */
function readBoth(
  a: readonly string[],
  b: readonly string[],
  header = "time,open,high,low,close,volume",
): ReadCandles {
  const tables = [a, b].map((lines, i) =>
    csvTable(`${"ab"[i]}.csv`, Buffer.from([header, ...lines].join("\n"))),
  );
  const options = { now: NOW, timeframe: "1m" };
  const read = candlesFromTables(tables, options);
  expect(candlesFromTables(tables.toReversed(), options).series).toEqual(read.series);
  const gone = read.findings.filter(({ done }) => done === "dropped" || done === "merged");
  expect(gone.reduce((sum, { count }) => sum + count, read.series.openTime.length)).toBe(read.rowsRead);
  return read;
}

describe("files that overlap", () => {
  it("merge what both say", () => {
    const { series, findings } = readBoth([row(0), row(1)], [row(1), row(2)]);
    expect([series.openTime.length, findings.map((f) => f.kind)]).toEqual([3, ["duplicate-equal"]]);
  });

  it("take the closed bar where the older file ends with the forming one", () => {
    const { series, findings, assumptions } = readBoth(
      [row(0), row(1, "2,2.5,2,2.5,1")],
      [row(1, "2,3,1,2.25,5"), row(2)],
    );
    expect(series.close[1]).toBe(2.25);
    expect(findings.map((f) => [f.kind, f.file, f.line])).toEqual([["forming-bar", "a.csv", 3]]);
    expect(assumptions.at(-1)).toBe(
      "the last row of a.csv is taken as still forming: b.csv holds the whole bar",
    );
  });

  it("take it without a word of conflict where a flag says that it is forming", () => {
    const header = "time,open,high,low,close,volume,complete";
    const { series, findings } = readBoth(
      [row(0, "2,3,1,2,5,True"), row(1, "2,2.5,2,2.5,1,False")],
      [row(1, "2,3,1,2.25,5,True"), row(2, "2,3,1,2,5,True")],
      header,
    );
    expect([series.close[1], findings.map((f) => f.kind)]).toEqual([2.25, ["forming-bar"]]);
  });

  it("conflict where the last row of the older file is no beginning of the other's bar", () => {
    for (const last of ["2,3.5,2,2.5,1", "2.1,2.5,2,2.5,1", "2,2.5,2,2.5,9"]) {
      const { findings } = readBoth([row(0), row(1, last)], [row(1, "2,3,1,2.25,5"), row(2)]);
      expect(findings[0]).toMatchObject({ kind: "duplicate-conflicting", done: "dropped" });
    }
  });
});
