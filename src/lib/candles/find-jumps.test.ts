import { describe, expect, it } from "vitest";
import { assembleRows, quietRows, type RawRow } from "../testing/raw-rows.ts";

/** Two months of daily bars, five bars a day, then as many at `price`, with `volume` × the usual on the first day. */
function jumpTo(price: number, volume = 1): RawRow[] {
  const day = 288;
  const rows = [...quietRows(300, 100), ...quietRows(300, price)];
  return rows.map(([, o, h, l, c, v], i) => {
    const slot = Math.floor(i / 5) * day + (i % 5);
    return [slot, o, h, l, c, i >= 300 && i < 305 ? v * volume : v];
  });
}

const jumps = (rows: readonly RawRow[]): [string, number | null, string][] =>
  assembleRows(rows)
    .findings.filter(({ kind }) => kind.startsWith("price-") || kind.startsWith("split"))
    .map(({ kind, line, value }) => [kind, line, value.replace(/^.*? to open [\d.]+,? ?/, "")]);

describe("findJumps", () => {
  it.each([
    [50, "2:1"],
    [100 / 1.5, "3:2"],
    [25.2, "4:1"],
    [1000, "1:10"],
  ])("finds a jump from 100 to %d like a split %s where the turnover is usual", (price, name) => {
    // A split of n:1 multiplies the volume by n, and money stays what it was.
    const [found] = jumps(jumpTo(price, 100 / price));
    expect(found!.slice(0, 2)).toEqual(["split-like-jump", 302]);
    expect(found![2]).toMatch(new RegExp(`^${name} within .*; turnover \\d`));
  });

  it("tells a halving on bad news by the money that changed hands", () => {
    const found = jumps(jumpTo(50, 20));
    expect(found).toHaveLength(1);
    expect(found[0]![0]).toBe("price-jump");
    expect(found[0]![2]).toMatch(/near 2:1, but the turnover is \d+\.\d × the usual/);
  });

  it("calls a jump near no ratio of a split a jump", () => {
    expect(jumps(jumpTo(57, 2)).map(([kind]) => kind)).toEqual(["price-jump"]);
  });

  it("goes by the ratio alone where there is no volume", () => {
    const rows = jumpTo(50).map(([s, o, h, l, c]): RawRow => [s, o, h, l, c, 0]);
    expect(jumps(rows)[0]).toMatchObject(["split-like-jump", 302, expect.stringMatching(/no volume/)]);
  });

  it("finds no jump in a usual night, nor across a silence of weeks", () => {
    expect(jumps(jumpTo(101))).toEqual([]);
    const rows = jumpTo(50).map((row, i): RawRow => (i < 300 ? row : [row[0] + 30 * 288, ...tail(row)]));
    expect(jumps(rows)).toEqual([]);
  });
});

function tail([, o, h, l, c, v]: RawRow): readonly [number, number, number, number, number] {
  return [o, h, l, c, v];
}
