import { describe, expect, it } from "vitest";
import { assembleRows, quietRows, type RawRow } from "../testing/raw-rows.ts";

function withRow(row: RawRow): RawRow[] {
  const rows = quietRows(120);
  rows[60] = row;
  return rows;
}

const spikes = (rows: readonly RawRow[]): [number | null, string][] =>
  assembleRows(rows)
    .findings.filter(({ kind }) => kind.startsWith("price-") || kind.startsWith("split"))
    .map(({ line, value, done }) => [line, `${value.split(" ")[0]} ${done}`]);

describe("findSpikes", () => {
  it.each<[string, RawRow]>([
    ["open", [60, 80, 100.1, 80, 100, 5]],
    ["close", [60, 100, 100.1, 80, 80, 5]],
    ["low", [60, 100, 100.1, 10, 100, 5]],
    ["high", [60, 100, 160, 99.9, 100, 5]],
    ["open", [60, 80, 81, 79, 80.5, 5]],
  ])("finds one price far away that comes straight back: %s of %j", (name, row) => {
    expect(spikes(withRow(row))).toEqual([[62, `${name} kept`]]);
  });

  it.each<[string, RawRow]>([
    ["a bar that falls and is bought back within the usual", [60, 100, 100.2, 99.2, 100, 5]],
    ["a wick of a tenth, which happens", [60, 100, 100.1, 90, 100, 5]],
  ])("finds nothing in %s", (_, row) => {
    expect(spikes(withRow(row))).toEqual([]);
  });

  it("finds nothing in a move that stays, nor in its first bar", () => {
    const rows = [...quietRows(60, 100), ...quietRows(60, 104, 60)];
    expect(spikes(rows)).toEqual([]);
  });

  it("does not compare with prices before a long silence", () => {
    const rows = [...quietRows(60, 100), ...quietRows(60, 200, 60 + 15 * 288)];
    rows[60] = [60 + 15 * 288, 200, 260, 199, 200, 5];
    expect(spikes(rows)).toEqual([]);
  });

  it("does not call the way back from a spike a jump", () => {
    const rows = withRow([60, 100, 100.1, 50, 50, 5]);
    expect(spikes(rows)).toEqual([[62, "close kept"]]);
  });
});
