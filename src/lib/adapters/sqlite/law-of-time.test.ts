import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkHistory } from "../../evaluation/look-ahead/check-history.ts";
import { historyArbitrary } from "../../testing/histories/history-arbitrary.ts";
import { storedMemory, STORED_SUBJECTS } from "../../testing/stored-subjects.ts";

const HISTORIES = fc.sample(historyArbitrary(), { seed: 3, numRuns: 10, unbiased: true });

describe("a memory folder", () => {
  it("obeys the law of time on generated histories, each column put to the test", async () => {
    const compared = new Map<string, number>();
    for (const history of HISTORIES) {
      const { violations, tallies } = await checkHistory(history, STORED_SUBJECTS);
      expect(violations, history.about).toEqual([]);
      for (const [subject, { values }] of tallies)
        for (const [column, count] of values) {
          const name = `${subject}: ${column}`;
          compared.set(name, (compared.get(name) ?? 0) + count);
        }
    }
    expect([...compared].filter(([, count]) => count === 0)).toEqual([]);
    expect(compared.size).toBeGreaterThan(20);
    expect(HISTORIES.some(({ facts }) => facts.some(({ late }) => late.includes(1)))).toBe(true);
  }, 120_000);

  it("is caught where it is asked for all that it holds by now", async () => {
    const leaking = storedMemory(() => Infinity);
    const checks: string[] = [];
    for (const history of HISTORIES.slice(0, 4))
      for (const { check } of (await checkHistory(history, [leaking])).violations) checks.push(check);
    expect(checks).toContain("prefix");
  }, 120_000);
});
