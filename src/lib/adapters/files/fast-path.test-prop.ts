import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvTable } from "./csv-table.ts";
import { rawFromTable } from "./raw-from-table.ts";

const HEADER = "timestamp,open,high,low,close,volume";
const AS_IS = { zone: "UTC", scale: 1 };

describe("csvTable", () => {
  it("reads numbers as JavaScript does, to the last bit, with and without quotes", () => {
    const price = fc.double({ min: 1e-9, max: 1e9, noNaN: true });
    const decimals = fc.integer({ min: 0, max: 20 });
    const row = fc.tuple(price, price, price, price, price, decimals);
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), (rows) => {
        const lines = rows.map(([o, h, l, c, v, d], i) =>
          [1.6e12 + i * 60_000, o, h.toFixed(d), l.toExponential(), c, v].join(","),
        );
        const fast = csvTable("x", Buffer.from([HEADER, ...lines].join("\n")));
        // Quoted cells are split as text, one by one.
        const quoted = lines.map((line) => line.replace(/[^,]+/g, '"$&"'));
        const slow = csvTable("x", Buffer.from([HEADER, ...quoted, "broken"].join("\n")));
        expect(slow.badLines).toEqual([
          { line: rows.length + 2, value: "1 fields, the header has 6: broken" },
        ]);
        const { raw } = rawFromTable(fast, AS_IS);
        expect(rawFromTable(slow, AS_IS).raw).toEqual(raw);
        for (const [i, line] of lines.entries()) {
          const [, ...numbers] = line.split(",").map(Number);
          expect([raw.open[i], raw.high[i], raw.low[i], raw.close[i], raw.volume[i]]).toEqual(numbers);
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it("reads decimals of any length as JavaScript does, to the last bit", () => {
    const digits = fc.stringMatching(/^[0-9]{1,18}$/);
    const decimal = fc
      .tuple(digits, fc.nat(18), fc.boolean())
      .map(([text, at, whole]) => (whole ? text : `${text.slice(0, at)}.${text.slice(at)}`));
    const row = fc.array(decimal, { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), (rows) => {
        const lines = rows.map((cells, i) => [1.6e12 + i * 60_000, ...cells].join(","));
        const { columns } = csvTable("x", Buffer.from([HEADER, ...lines, ""].join("\r\n")));
        for (const [f, role] of (["open", "high", "low", "close", "volume"] as const).entries())
          expect([...columns.get(role)!.values]).toEqual(rows.map((cells) => Number(cells[f])));
      }),
      { seed: 1, numRuns: 300 },
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
          const { raw, findings } = rawFromTable(table, AS_IS);
          expect(raw.stamp.length + findings.length).toBe(table.line.length + table.badLines.length);
        } catch (error) {
          expect((error as Error).name).toBe("RhymeError");
        }
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
