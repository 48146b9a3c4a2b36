import { describe, expect, it } from "vitest";
import { assembleRows, quietRows, type RawRow } from "../testing/raw-rows.ts";

/** Every open but one of `every` is the close before it. */
function copied(count: number, every = Infinity): RawRow[] {
  const rows = quietRows(count);
  return rows.map(([slot, o, h, l, c, v], i) => {
    const open = i > 0 && i % every !== 0 ? rows[i - 1]![4] : o;
    return [slot, open, Math.max(h, open), Math.min(l, open), c, v];
  });
}

const copies = (rows: readonly RawRow[]): string[] =>
  assembleRows(rows)
    .findings.filter(({ kind }) => kind === "open-equals-previous-close")
    .map(({ line, count, value, done }) => `:${line} ×${count} ${value} ${done}`);

describe("findCopiedOpens", () => {
  it("warns once where opens repeat the close before throughout, also across holes", () => {
    const rows = copied(200);
    expect(copies(rows)).toEqual([":3 ×199 199 of 199 opens equal the close before kept"]);
    expect(copies(rows.map(([s, ...rest]): RawRow => [s < 100 ? s : s + 50, ...rest]))).toEqual([
      ":3 ×199 199 of 199 opens equal the close before, also across 1 of 1 closures and holes kept",
    ]);
  });

  it("does not warn of a liquid market where four of five do, nor of a short file", () => {
    expect(copies(copied(200, 5))).toEqual([]);
    expect(copies(copied(50))).toEqual([]);
  });
});
