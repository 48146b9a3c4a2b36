import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { notebookText, parseNotebook, type Cell } from "./notebook-file.ts";
import { fromPercent, toPercent } from "./percent.ts";

const line = fc.oneof(
  fc.string({ maxLength: 12 }).map((text) => text.replace(/[\r\n]/g, "")),
  fc.constantFrom(
    "",
    "// %%",
    "%%",
    "// \\%%",
    "// %% [markdown]",
    "//",
    "// x",
    "\\%%",
    "  // %%",
    "// ---",
  ),
);
const cell: fc.Arbitrary<Cell> = fc.record({
  kind: fc.constantFrom("code" as const, "markdown" as const, "raw" as const),
  source: fc.array(line, { maxLength: 6 }).map((lines) => lines.join("\n")),
  tags: fc.array(fc.string({ maxLength: 8 }), { maxLength: 2 }),
});
const cells = fc.array(cell, { minLength: 1, maxLength: 6 });

describe("a notebook and its twin", () => {
  it("are the same cells, whatever stands in them", () => {
    fc.assert(
      fc.property(cells, (given) => {
        expect(fromPercent(toPercent({ cells: given })).cells).toEqual(given);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  it("go back and forth without changing a byte", () => {
    fc.assert(
      fc.property(cells, (given) => {
        const twin = toPercent({ cells: given });
        const file = notebookText(fromPercent(twin));
        expect(toPercent(parseNotebook(file, "x.ipynb"))).toBe(twin);
        expect(notebookText(parseNotebook(file, "x.ipynb"))).toBe(file);
      }),
      { seed: 2, numRuns: 1000 },
    );
  });
});
