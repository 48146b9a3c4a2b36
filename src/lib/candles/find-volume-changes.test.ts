import { describe, expect, it } from "vitest";
import { assembleRows, quietRows, type RawRow } from "../testing/raw-rows.ts";

const DAY = 288;

/** Days of six bars; volume by day number and bar. */
function days(count: number, volume: (day: number, bar: number) => number): RawRow[] {
  return quietRows(count * 6).map(([, o, h, l, c], i) => {
    const day = Math.floor(i / 6);
    return [day * DAY + (i % 6), o, h, l, c, volume(day, i % 6)];
  });
}

const changes = (rows: readonly RawRow[]): [number | null, string][] =>
  assembleRows(rows)
    .findings.filter(({ kind }) => kind === "volume-meaning")
    .map(({ line, value }) => [line, value.slice(value.indexOf("from "))]);

/** First line of a day. */
const lineOf = (day: number): number => day * 6 + 2;

describe("findVolumeChanges", () => {
  it("finds where zeros end and where they begin", () => {
    expect(changes(days(60, (day) => (day < 30 ? 0 : 7)))).toEqual([
      [lineOf(30), "from zeros throughout to traded volumes"],
    ]);
    expect(changes(days(60, (day) => (day < 30 ? 7 : 0)))).toEqual([
      [lineOf(30), "from traded volumes to zeros throughout"],
    ]);
  });

  it("finds where whole numbers become fractions", () => {
    const rows = days(60, (day, bar) => (day < 25 ? 100 + bar : 100.5 + bar));
    expect(changes(rows)).toEqual([[lineOf(25), "from whole numbers to fractions"]]);
  });

  it("finds a lasting change of scale, in both directions", () => {
    const rows = days(90, (day, bar) => (day >= 30 && day < 60 ? 40 : 1) * (100 + bar));
    expect(changes(rows)).toEqual([
      [lineOf(30), "from about 100 to 4,100 a candle"],
      [lineOf(60), "from about 4,100 to 100 a candle"],
    ]);
  });

  it.each<[string, (day: number, bar: number) => number]>([
    ["a rhythm of the day", (_, bar) => [1, 50, 400, 400, 50, 1][bar]!],
    ["ten times as much for good", (day) => (day < 30 ? 100 : 1000)],
    ["a day of panic", (day) => (day === 30 ? 100_000 : 100)],
    ["growth by a hundred over two months", (day) => Math.round(100 * 10 ** (day / 30))],
    ["zeros now and then", (day) => (day % 3 === 0 ? 0 : 100)],
  ])("says nothing about %s", (_, volume) => {
    expect(changes(days(60, volume))).toEqual([]);
  });

  it("says nothing about a file of a few days", () => {
    expect(changes(days(8, (day) => (day < 4 ? 0 : 7)))).toEqual([]);
  });
});
