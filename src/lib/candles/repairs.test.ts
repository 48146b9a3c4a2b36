import { describe, expect, it } from "vitest";
import { assembleRows, quietRows, type RawRow } from "../testing/raw-rows.ts";
import type { FindingKind } from "./finding.ts";
import { REPAIRABLE_KINDS, REPAIRS, repairsNamed } from "./repairs.ts";

function withRow(row: RawRow): RawRow[] {
  const rows = quietRows(40, 1.05);
  rows[20] = row;
  return rows;
}

describe("repairs", () => {
  it.each<[FindingKind, RawRow, RawRow]>([
    ["lost-decimal-point", [20, 1053, 1053, 1.049, 1.05, 5], [20, 1.053, 1.053, 1.049, 1.05, 5]],
    ["price-contradiction", [20, 1.05, 1.04, 1.06, 1.055, 5], [20, 1.05, 1.06, 1.04, 1.055, 5]],
    ["bad-volume", [20, 1.05, 1.06, 1.04, 1.05, -5], [20, 1.05, 1.06, 1.04, 1.05, 0]],
  ])("of %s are made where they were asked for, and stay findings with their rule", (kind, row, after) => {
    const { series, findings } = assembleRows(withRow(row), { repair: [kind] });
    const { open, high, low, close, volume } = series;
    expect([20, open[20], high[20], low[20], close[20], volume[20]]).toEqual(after);
    expect(findings).toHaveLength(1);
    const { rule } = REPAIRS[kind as keyof typeof REPAIRS];
    expect(findings[0]).toMatchObject({ kind, line: 22, count: 1, done: "repaired", rule });
    expect(findings[0]!.value).toMatch(/ → /);
    expect(assembleRows(withRow(row)).series.close).toHaveLength(39);
  });

  it("give the digits back as they were meant", () => {
    const { series } = assembleRows(withRow([20, 1.05, 1053, 1.049, 1.05, 5]), {
      repair: ["lost-decimal-point"],
    });
    expect(series.high[20]).toBe(1.053);
  });

  it("change nothing more when they are made twice", () => {
    const rows = [...withRow([20, 1053, 1053, 1.049, 1.05, 5])];
    rows[30] = [30, 1.05, 1.04, 1.06, 1.055, -1];
    const { series } = assembleRows(rows, { repair: REPAIRABLE_KINDS });
    const again = Array.from(series.close, (_, i): RawRow => [
      i,
      series.open[i]!,
      series.high[i]!,
      series.low[i]!,
      series.close[i]!,
      series.volume[i]!,
    ]);
    expect(assembleRows(again, { repair: REPAIRABLE_KINDS })).toMatchObject({ series, findings: [] });
  });

  it("leave the columns alone that they were given", () => {
    const rows = withRow([20, 1053, 1053, 1.049, 1.05, 5]);
    const before = assembleRows(rows).findings;
    assembleRows(rows, { repair: REPAIRABLE_KINDS });
    expect(assembleRows(rows).findings).toEqual(before);
  });

  it("never put a repaired row before a sound one of the same bar", () => {
    for (const volume of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const rows = withRow([20, 1.05, 1.04, 1.06, 1.055, volume]);
      rows.splice(21, 0, [20, 1.05, 1.06, 1.04, 1.05, 5]);
      const { series, findings } = assembleRows(rows, { repair: ["price-contradiction"] });
      expect(series.close[20]).toBe(1.05);
      expect(findings.map(({ kind, done }) => `${kind} ${done}`)).toEqual([
        "price-contradiction repaired",
        "duplicate-conflicting dropped",
      ]);
    }
  });

  it.each(["missing-bars", "split-like-jump", "price-spike", "everything"])(
    "refuse %s and say what can be repaired",
    (kind) => {
      expect(() => repairsNamed([kind])).toThrow(
        /lost-decimal-point, price-contradiction, bad-volume, got "/,
      );
    },
  );
});
