import { describe, expect, it } from "vitest";
import { RhymeError } from "../errors.ts";
import { assembleRows, quietRows, type RawRow } from "../testing/raw-rows.ts";
import type { Finding } from "./finding.ts";
import { refuseErrors } from "./finding-strict.ts";

function broken(): RawRow[] {
  const rows = quietRows(40, 1.05);
  rows[20] = [20, 1053, 1053, 1.049, 1.05, 5];
  for (const at of [25, 26, 27]) rows[at] = [at, 0, 1.06, 0, 1.05, 5];
  return rows;
}

function refusalOf(findings: readonly Finding[]): RhymeError {
  try {
    refuseErrors(findings);
  } catch (error) {
    if (error instanceof RhymeError) return error;
  }
  throw new Error("nothing was refused");
}

describe("refuseErrors", () => {
  it("names the first place, the first errors, how many there are and what can be done", () => {
    const { kind, fields } = refusalOf(assembleRows(broken()).findings);
    expect([kind, fields.place]).toEqual(["input", "a.csv:27"]);
    expect(fields.expected).toBe(
      "no price that is not finite and positive, no price without its decimal point",
    );
    expect(fields.received).toMatch(/^4 errors: bad-price at line 27 .* and 1 more$/);
    expect(fields.remedy).toMatch(/--repair lost-decimal-point, or leave --strict out/);
  });

  it("lets warnings pass, and what a rule repaired", () => {
    const rows = broken().filter((_, i) => i < 25 || i > 27);
    const { findings } = assembleRows(rows, { repair: ["lost-decimal-point"] });
    expect(findings.map(({ kind }) => kind)).toEqual(["lost-decimal-point", "missing-bars"]);
    expect(() => refuseErrors(findings)).not.toThrow();
  });

  it("refuses a file of which every row lies in the future, and one that keeps none", () => {
    const rows = quietRows(5, 100, 1000);
    expect(refusalOf(assembleRows(rows, { now: 0 }).findings).message).toMatch(
      /no rows of which none can be kept, .*: no-candles at a\.csv \(5 rows read, none of them kept\)/,
    );
    const forming = assembleRows(quietRows(1, 100, 1000), { now: 1000 * 300_000 + 1 }).findings;
    expect(forming.map(({ kind }) => kind)).toEqual(["no-candles", "forming-bar"]);
    expect(() => refuseErrors(forming)).toThrow(RhymeError);
  });
});
