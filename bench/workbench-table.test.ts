import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { WorkbenchRecord } from "./workbench-record.ts";
import { withWorkbench } from "./workbench-table.ts";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
const record = JSON.parse(read("results/workbench.json")) as WorkbenchRecord;

describe("the comparison with Python in notebooks/README.md", () => {
  it("is the record that is committed: scripts/compare-workbench.ts --readme brings it into step", () => {
    const page = read("../notebooks/README.md");
    expect(withWorkbench(page, record)).toBe(page);
  });

  it("shows times of both, lines of both, and what each catches", () => {
    const text = withWorkbench("<!-- workbench -->old<!-- end of workbench -->", record);
    expect(text).not.toContain("old");
    const { rhyme, python } = record.lines;
    expect(text).toContain(`| lines typed, all tasks | ${rhyme} | ${python} |`);
    const early = record.mistakes.filter((one) => one.rhyme === "before it runs").length;
    expect(text).toContain(`of ${record.mistakes.length} | ${early} | `);
    for (const { what } of record.tasks) expect(text).toContain(`| ${what} | `);
  });

  it("needs its marks", () => {
    expect(() => withWorkbench("# A page", record)).toThrow("no <!-- workbench -->");
  });
});
