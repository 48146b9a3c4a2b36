import { describe, expect, it } from "vitest";
import { assembleRows, inShort, quietRows, type RawRow } from "../testing/raw-rows.ts";

/** Prices with fractions near 1.05. */
const quiet = (count: number, from = 0): RawRow[] => quietRows(count, 1.05, from);
const flat = (slot: number, price: number): RawRow => [slot, price, price, price, price, 5];

function withRow(at: number, row: RawRow, count = 40): RawRow[] {
  const rows = quiet(count);
  rows[at] = row;
  return rows;
}

const found = (rows: readonly RawRow[]): string[] =>
  inShort(assembleRows(rows).findings.filter(({ kind }) => kind !== "missing-bars"));

describe("lost decimal points", () => {
  it.each<[string, RawRow]>([
    ["high", [20, 1.05, 1053, 1.049, 1.05, 5]],
    ["open alone, which also contradicts the high", [20, 1053, 1.051, 1.049, 1.05, 5]],
    ["all four prices", flat(20, 1053)],
    ["two, by different powers", [20, 1.05, 1053, 1.049, 105, 5]],
  ])("are found in %s and drop the row, as one finding", (_, row) => {
    expect(found(withRow(20, row))).toEqual(["lost-decimal-point :22 ×1 dropped"]);
  });

  it.each<[string, RawRow]>([
    ["far above but near no power of ten", [20, 1.05, 4, 1.049, 1.05, 5]],
    ["ten times above with a fraction, a bad print", [20, 1.05, 10.53, 1.049, 1.05, 5]],
    ["a thousand times below: losing a point makes no price smaller", [20, 1.05, 1.051, 0.00105, 1.05, 5]],
  ])("are not seen in a price %s", (_, row) => {
    expect(found(withRow(20, row)).filter((line) => line.startsWith("lost"))).toEqual([]);
  });

  it("are not seen in a consolidation of shares of which prices have fractions", () => {
    const after = quietRows(60, 10.5, 60);
    const kinds = found([...quiet(60), ...after]);
    expect(kinds).toEqual(["split-like-jump :62 ×1 kept"]);
  });

  it("are not seen where prices are whole numbers anyway", () => {
    const before = Array.from({ length: 60 }, (_, i) => flat(i, 500 + (i % 3)));
    const after = Array.from({ length: 60 }, (_, i) => flat(60 + i, 5000 + (i % 3)));
    expect(found([...before, ...after])).toEqual(["split-like-jump :62 ×1 kept"]);
  });

  it("stop being found where the source changes its unit for good", () => {
    const after = Array.from({ length: 60 }, (_, i) => flat(60 + i, 1053 + (i % 3)));
    const made = assembleRows([...quiet(60), ...after]);
    const lost = made.findings.filter(({ kind }) => kind === "lost-decimal-point");
    expect(lost.map(({ line }) => line)).toEqual([62, 63, 64, 65, 66, 67, 68, 69, 70, 71]);
    expect(made.series.close.length).toBe(110);
    expect(made.findings.map(({ kind }) => kind)).toContain("price-jump");
  });

  it("among the first rows are flagged from what follows, and change nothing", () => {
    const rows = withRow(0, flat(0, 1053), 60);
    rows[2] = [2, 1.05, 1051, 1.049, 1.05, 5];
    const made = assembleRows(rows);
    const lost = made.findings.filter(({ kind }) => kind === "lost-decimal-point");
    expect(inShort(lost)).toEqual(["lost-decimal-point :2 ×1 kept", "lost-decimal-point :4 ×1 kept"]);
    expect([made.series.close.length, made.series.close[0], made.series.high[2]]).toEqual([60, 1053, 1051]);
  });

  it("are judged by the bars before in time, whatever the order of lines", () => {
    const rows = withRow(20, flat(20, 1053)).reverse();
    const lost = assembleRows(rows).findings.filter(({ kind }) => kind === "lost-decimal-point");
    expect(lost.map(({ line, done }) => [line, done])).toEqual([[21, "dropped"]]);
  });
});
