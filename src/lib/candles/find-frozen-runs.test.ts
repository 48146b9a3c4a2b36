import { describe, expect, it } from "vitest";
import { assembleRows, inShort, quietRows, type RawRow } from "../testing/raw-rows.ts";

const frozen = (rows: readonly RawRow[]): string[] =>
  inShort(assembleRows(rows).findings.filter(({ kind }) => kind === "frozen-run"));

/** Repeats row `at` over the next bars. */
function freeze(rows: RawRow[], at: number, bars: number): RawRow[] {
  for (let i = at + 1; i < at + bars; i++) rows[i] = [i, ...rows[at]!.slice(1)] as unknown as RawRow;
  return rows;
}

describe("findFrozenRuns", () => {
  it("finds a halt in a market that never repeats itself, as one finding that keeps its bars", () => {
    const rows = freeze(quietRows(500), 200, 14);
    expect(frozen(rows)).toEqual(["frozen-run :202 ×14 kept"]);
    expect(assembleRows(rows).series.close.length).toBe(500);
  });

  it("finds each of two halts: long runs do not make each other plausible", () => {
    const rows = freeze(freeze(quietRows(500), 200, 14), 300, 14);
    expect(frozen(rows)).toEqual(["frozen-run :202 ×14 kept", "frozen-run :302 ×14 kept"]);
  });

  it("takes four equal bars for chance", () => {
    expect(frozen(freeze(quietRows(500), 200, 4))).toEqual([]);
    expect(frozen(freeze(quietRows(500), 200, 5))).toHaveLength(1);
  });

  it("expects runs of a thin market that repeats itself half of the time, but not one of a hundred bars", () => {
    // Lengths of a geometric tail: 128 runs of 2, 64 of 3, … 1 of 9.
    const rows = quietRows(4000);
    let at = 1;
    for (let length = 2, runs = 128; runs >= 1; length++, runs /= 2) {
      for (let k = 0; k < runs; k++, at += length + 1) freeze(rows, at, length);
    }
    expect(frozen(rows)).toEqual([]);
    expect(frozen(freeze(rows, 3000, 100))).toEqual(["frozen-run :3002 ×100 kept"]);
  });

  it("finds a file that is one price from beginning to end", () => {
    expect(frozen(freeze(quietRows(30), 0, 30))).toEqual(["frozen-run :2 ×30 kept"]);
  });
});
