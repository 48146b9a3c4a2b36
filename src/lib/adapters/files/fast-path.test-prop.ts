import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvTable } from "./csv-table.ts";
import { rawFromTable } from "./raw-from-table.ts";

const HEADER = "timestamp,open,high,low,close,volume";

describe("csvTable", () => {
  it("reads the same numbers fast and line by line, to the last bit", () => {
    const price = fc.double({ min: 1e-9, max: 1e9, noNaN: true });
    const decimals = fc.integer({ min: 0, max: 20 });
    const row = fc.tuple(price, price, price, price, price, decimals);
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), (rows) => {
        const lines = rows.map(([o, h, l, c, v, d], i) =>
          [1.6e12 + i * 60_000, o, h.toFixed(d), l.toExponential(), c, v].join(","),
        );
        const fast = csvTable("x", Buffer.from([HEADER, ...lines].join("\n")));
        // A line that is none sends everything down the slow path.
        const slow = csvTable("x", Buffer.from([HEADER, ...lines, "broken"].join("\n")));
        expect([fast.columns.get("open")!.kind, slow.columns.get("open")!.kind]).toEqual(["numbers", "text"]);
        expect(slow.badLines).toEqual([
          { line: rows.length + 2, value: "1 fields, the header has 6: broken" },
        ]);
        expect(rawFromTable(slow, "UTC", 1).raw).toEqual(rawFromTable(fast, "UTC", 1).raw);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it("never throws anything but a RhymeError on arbitrary text below a header", () => {
    const cell = fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.constantFrom("1", "2.5", '"', ",", "\n", "\r\n", "", "NaN"),
    );
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 60 }), (cells) => {
        const bytes = Buffer.from(`${HEADER}\n${cells.join("")}`);
        try {
          const table = csvTable("x", bytes);
          const { raw, findings } = rawFromTable(table, "UTC", 1);
          expect(raw.stamp.length + findings.length).toBe(table.line.length + table.badLines.length);
        } catch (error) {
          expect((error as Error).name).toBe("RhymeError");
        }
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
