import { describe, expect, it } from "vitest";
import type { TrustReport } from "../trust/trust-report.ts";
import type { IndexRecall, RecallShare } from "./index-recall.ts";
import { gateChecks, tooFew, type GateFigures } from "./version-gate.ts";

interface Scores {
  readonly ratio: number;
  readonly coverage: number;
  readonly abstentions: number;
  readonly answered?: number;
}

/** The part of a report that the gate reads. */
function report({ ratio, coverage, abstentions, answered = 103 }: Scores): TrustReport {
  const estimated = (value: number) => ({ value, low: null, high: null });
  const scores = {
    methods: [{ method: "recall", coverage: { "80": estimated(coverage) } }],
    against: [
      { method: "persistence", ratio: estimated(9) },
      { method: "climatology", ratio: estimated(ratio) },
    ],
  };
  return {
    answered,
    unscored: 3,
    abstentions,
    labels: { return: scores, logAtrRatio: scores },
  } as unknown as TrustReport;
}

const NONE = { questions: 0, recall: NaN, worst: NaN };
const FINE = { questions: 100, recall: 1, worst: 1 };

function recallOf(graph: RecallShare, more: Partial<IndexRecall> = {}): IndexRecall {
  return { graph, oneByOne: FINE, askable: 500, askableOfGraph: 200, exactBelow: 40_000, ...more };
}

const OLD = { ratio: 0.9, coverage: 0.78, abstentions: 0.2 };
const GOOD: GateFigures = {
  counts: [{ name: "moments", wanted: 10, found: 10 }],
  recall: recallOf({ questions: 100, recall: 0.995, worst: 0.8 }),
  trust: [{ horizon: "4h", before: report(OLD), after: report(OLD) }],
};

function failed(figures: Partial<GateFigures>): readonly string[] {
  return gateChecks({ ...GOOD, ...figures })
    .filter(({ passed }) => !passed)
    .map(({ name }) => name);
}

const trustOf = (after: Partial<Scores>): Partial<GateFigures> => ({
  trust: [{ horizon: "4h", before: report(OLD), after: report({ ...OLD, ...after }) }],
});

describe("the gate", () => {
  it("lets a version through that is as good, and tells every figure", () => {
    const checks = gateChecks(GOOD);
    expect(checks.every(({ passed }) => passed)).toBe(true);
    expect(checks).toHaveLength(1 + 2 + 6);
    for (const { told } of checks) expect(told).toMatch(/\d/);
  });

  it("stops one of which the index lacks a moment, or finds too little", () => {
    expect(failed({ counts: [{ name: "moments", wanted: 10, found: 9 }] })).toEqual(["moments"]);
    expect(failed({ recall: recallOf({ questions: 100, recall: 0.9899, worst: 0 }) })).toHaveLength(1);
    expect(failed({ recall: recallOf({ questions: 3, recall: NaN, worst: NaN }) })).toHaveLength(1);
  });

  it("takes no questions for a pass only where there are none to ask", () => {
    expect(failed({ recall: recallOf(NONE) })).toHaveLength(1);
    expect(failed({ recall: recallOf(NONE, { askableOfGraph: 0, oneByOne: NONE }) })).toHaveLength(1);
    expect(failed({ recall: recallOf(NONE, { askableOfGraph: 0, askable: 0, oneByOne: NONE }) })).toEqual([]);
  });

  it("tells questions that are exact by construction from those of the graph, and judges both", () => {
    const told = gateChecks({ ...GOOD, recall: recallOf(NONE, { askableOfGraph: 0 }) })
      .filter(({ name }) => name.startsWith("recall"))
      .map((check) => `${check.name}: ${check.told}`);
    expect(told[0]).toMatch(/40000 or more in scope: 0 questions.*exact by construction/);
    expect(told[1]).toMatch(/fewer in scope: 1\.0000 over 100 questions/);
    const bad = { questions: 900, recall: 0.5, worst: 0 };
    expect(failed({ recall: recallOf(bad) })).toEqual([expect.stringContaining("or more")]);
    expect(failed({ recall: recallOf(FINE, { oneByOne: bad }) })).toEqual([expect.stringContaining("fewer")]);
  });

  it("stops one whose answers are worse than the old version's by more than the margin", () => {
    expect(failed(trustOf({ ratio: 0.919 }))).toEqual([]);
    expect(failed(trustOf({ ratio: 0.921 }))).toHaveLength(2);
    expect(failed(trustOf({ coverage: 0.74 }))).toEqual([]);
    expect(failed(trustOf({ coverage: 0.72 }))).toHaveLength(2);
    expect(failed(trustOf({ coverage: 0.88 }))).toHaveLength(2);
    expect(failed(trustOf({ abstentions: 0.29 }))).toEqual([]);
    expect(failed(trustOf({ abstentions: 0.31 }))).toHaveLength(1);
    expect(failed(trustOf({ ratio: NaN }))).toHaveLength(2);
  });

  it("compares no figures of fewer scored answers than say something", () => {
    expect(failed(trustOf({ answered: 102 }))).toEqual(["trust for 4h: scored answers"]);
    const young = { ...OLD, answered: 102 };
    const both = [{ horizon: "4h", before: report(young), after: report({ ...young, ratio: 9 }) }];
    const checks = gateChecks({ ...GOOD, trust: both }).filter(({ name }) => name.startsWith("trust"));
    expect(checks).toMatchObject([{ passed: true, told: expect.stringContaining("99, old version 99") }]);
    expect(tooFew(report(young))).toMatch(/at least 100.*99/);
    expect(tooFew(report(OLD))).toBeNull();
  });

  it("stops one whose past cannot be scored where the old one's can", () => {
    const trust = (before: TrustReport | string, after: TrustReport | string) => ({
      trust: [{ horizon: "4h", before, after }],
    });
    expect(failed(trust(report(OLD), "too young"))).toEqual(["trust for 4h"]);
    expect(failed(trust("too young", "too young"))).toEqual([]);
    expect(failed(trust("too young", report(OLD)))).toEqual([]);
  });
});
