import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { failuresOf, linesOf, NAMES } from "./mutant-table.ts";
import { mutated, type Mutant } from "./mutant.ts";
import { LOOK_ALIKES, PLANTED } from "./mutants.ts";
import { withTables } from "./mutants-page.ts";
import { runMutants } from "./run-mutants.ts";

const page = new URL("../../../../docs/look-ahead-mutants.md", import.meta.url);

function textOf({ file }: Mutant): string {
  return readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
}

describe("the mutants of the library", () => {
  const all = [...PLANTED, ...LOOK_ALIKES];

  it("are many, each under a name of its own", () => {
    expect(PLANTED.length).toBeGreaterThanOrEqual(18);
    expect(LOOK_ALIKES.length).toBeGreaterThanOrEqual(10);
    expect(new Set(NAMES).size).toBe(all.length + 1);
  });

  it("change a line that stands there once", () => {
    const broken = all.flatMap((mutant) => {
      try {
        return mutated(mutant, textOf(mutant)) === textOf(mutant) ? [`${mutant.name} changes nothing`] : [];
      } catch (error) {
        return [String(error)];
      }
    });
    expect(broken).toEqual([]);
  });

  it("are named where their line is gone, or there twice", () => {
    const mutant: Mutant = { name: "off", what: "", file: "a.ts", line: "i < n;", becomes: "i <= n;" };
    expect(mutated(mutant, "for (;i < n;)")).toBe("for (;i <= n;)");
    expect(() => mutated(mutant, "for (;i < m;)")).toThrow("mutant off: a.ts has 0 times `i < n;`, not once");
    expect(() => mutated(mutant, "i < n; i < n;")).toThrow("mutant off: a.ts has 2 times");
  });

  it("fail the whole run by name where one cannot be tried", async () => {
    await expect(runMutants(["no-such-mutant"])).rejects.toThrow("no-such-mutant");
  });
});

describe("the look-ahead harness", () => {
  it("catches every planted bug, is silent about every look-alike, and the page says so", async () => {
    const trials = await runMutants(NAMES);
    process.stdout.write(`${trials.map(linesOf).join("\n")}\n`);
    expect(failuresOf(trials)).toEqual([]);
    const text = readFileSync(page, "utf8");
    // Out of date: node scripts/look-ahead-mutants.ts --write
    expect(text).toBe(withTables(text, trials));
  }, 600_000);
});
