import { beforeAll, describe, expect, it } from "vitest";
import { extendRecord } from "../evaluation/record.ts";
import { naiveMemory } from "../testing/naive-memory.ts";
import { PLANTED_ENCODER, PLANTED_HORIZON, plantedPatterns } from "../testing/planted-patterns.ts";
import { calendar24x7 } from "../time/calendar-24x7.ts";
import { ledgerOf } from "./ledger.ts";
import { pastOf } from "./past.ts";
import type { RecallRecord } from "./record-type.ts";
import { shrinkage } from "./shrink.ts";
import { sentenceOf, trustOf } from "./trust.ts";

const series = { source: "planted", symbol: "TEST", timeframe: "1h" };
const options = { series, calendar: calendar24x7, horizon: PLANTED_HORIZON, encoder: PLANTED_ENCODER };
const make = (seed: number, planted: number): Promise<RecallRecord> =>
  extendRecord(naiveMemory(plantedPatterns({ seed, rows: 700, planted })), null, options);

describe("trust", () => {
  let useful: RecallRecord;
  let useless: RecallRecord;
  beforeAll(async () => {
    [useful, useless] = [await make(11, 0.6), await make(12, 0)];
  });

  it("is a win where recall knows something, said so with its p", () => {
    const trust = trustOf(useful, Infinity)!;
    expect(trust.better).toBe(true);
    expect(trust.crps).toBeLessThan(trust.bestBaseline.crps);
    expect(trust.dieboldMarianoP).toBeLessThan(0.05);
    expect(trust.bestBaseline.name).toBe("the answer without recall");
    expect(trust.baselines.map((b) => b.name)).toEqual([
      ...["the answer without recall", "persistence, calibrated", "climatology, calibrated"],
    ]);
    expect(trust.sentence).toMatch(
      /^Over \d+ past answers \(\d+ that do not overlap\).*recall adds something here/,
    );
  });

  it("says that recall adds nothing where it knows nothing", () => {
    const trust = trustOf(useless, Infinity)!;
    expect(trust.better).toBe(false);
    expect(trust.sentence).toContain("recall adds nothing here");
  });

  it("counts answers, their overlap and abstentions honestly", () => {
    const trust = trustOf(useful, Infinity)!;
    const abstained = useful.moments.abstained.filter((a) => a === 1).length;
    const matured = useful.matureAt.filter((t) => t !== null).length;
    expect(trust.answers).toBe(
      useful.moments.abstained.filter((a, r) => a === 0 && useful.matureAt[r] !== null).length,
    );
    // every run of answers between abstentions may begin anew
    expect(trust.effectiveAnswers).toBeLessThanOrEqual(trust.answers / 4 + abstained + 1);
    expect(trust.effectiveAnswers).toBeGreaterThanOrEqual(Math.floor(trust.answers / 4));
    expect(trust.abstentions).toBeCloseTo(abstained / matured, 12);
  });

  it("knows only what had matured: null at the beginning, the same numbers whatever the record holds later", () => {
    expect(trustOf(useful, useful.moments.anchor[0]!)).toBeNull();
    const asOf = useful.moments.anchor[500]!;
    const garbled: RecallRecord = {
      ...useful,
      outcomes: {
        ...useful.outcomes,
        return: useful.outcomes.return.map((y, r) => (useful.matureAt[r]! > asOf ? 1e3 : y)),
      },
    };
    expect(trustOf(garbled, asOf)).toEqual(trustOf(useful, asOf));
    expect(trustOf(garbled, Infinity)).not.toEqual(trustOf(useful, Infinity));
  });
});

describe("the sentence of trust", () => {
  const told = (crps: number): string =>
    sentenceOf({
      answers: 1,
      effectiveAnswers: 1,
      crps,
      bestBaseline: { name: "HAR", crps: 0.019161 },
      dieboldMarianoP: null,
      better: false,
    });

  it("never prints two equal numbers as a comparison", () => {
    expect(told(0.019161)).toContain("scored 0.01916, exactly as HAR");
    expect(told(0.0191572)).toContain("scored 0.01916, 0.02% lower than HAR");
    expect(told(0.0191611)).toContain("less than 0.001% higher than HAR");
    expect(told(0.02)).toContain("scored 0.02000 against 0.01916 for HAR");
    expect(told(0.02)).toContain("Over 1 past answer (1 that does not overlap)");
  });
});

describe("shrinkage", () => {
  it("is 0 for nearly every memory that knows nothing, and high for one that does", async () => {
    const chosen: number[] = [];
    for (let seed = 100; seed < 104; seed++) {
      const record = await make(seed, 0);
      chosen.push(shrinkage(pastOf(ledgerOf(record), Infinity)));
    }
    expect(chosen.filter((s) => s > 0).length).toBeLessThanOrEqual(1); // 5 % each: two of four has p = 0.014
    expect(shrinkage(pastOf(ledgerOf(await make(106, 0.3)), Infinity))).toBeGreaterThanOrEqual(0.8);
  });

  it("is 0 before fifty answers that do not overlap have matured", async () => {
    const record = await make(107, 0.6);
    const asOf = record.moments.anchor.find((_, r) => record.moments.shrink[r]! > 0)!;
    const answered = (t: number): number =>
      record.moments.anchor.filter((_, r) => record.moments.abstained[r] === 0 && record.matureAt[r]! <= t)
        .length;
    expect(answered(asOf)).toBeGreaterThanOrEqual(4 * 49);
    expect(answered(asOf)).toBeLessThan(4 * 80);
  });
});
