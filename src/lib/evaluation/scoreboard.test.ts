import { describe, expect, it } from "vitest";
import { scoreboard } from "./scoreboard.ts";
import { bestByChance, trialLedger, withTrial, type TrialLedger } from "./trial-ledger.ts";

const plain = { name: "plain", isBaseline: true, blocks: [1, 2, 3, 4] };

describe("a scoreboard", () => {
  it("ranks by score and compares block by block with the best baseline", () => {
    const bad = { name: "bad baseline", isBaseline: true, blocks: [0, 0, 0, 0] };
    const ours = { name: "ours", blocks: [1.5, 2.6, 3.4, 4.5] };
    const { rows, verdict } = scoreboard([bad, plain, ours], { measure: "skill" });
    expect(rows.map(({ name }) => name)).toEqual(["ours", "plain", "bad baseline"]);
    expect(rows[0]!.ahead!.mean).toBeCloseTo(0.5, 12);
    expect([rows[0]!.wins, rows[1]!.ahead, rows[2]!.wins]).toEqual([4, null, 0]);
    expect(verdict).toBe("ours beats the best baseline, plain, by 0.50 ± 0.041 (p = 0.0012).");
  });

  it("calls what chance does no better, and what is behind nothing", () => {
    const close = { name: "close", blocks: [3, 1, 3.5, 3] };
    expect(scoreboard([plain, close], { measure: "skill" }).verdict).toContain(
      "No better than the best baseline",
    );
    const loss = scoreboard([plain, close], { measure: "loss", better: "lower" });
    expect(loss.verdict).toMatch(/^Nothing beats the best baseline, plain: close is behind by/);
    expect(loss.rows[0]!.name).toBe("plain");
  });

  it("counts all contenders against the best of them", () => {
    // differences 1, 0.2, 0.9, 0.5: t = 3.52 over 4 blocks, p = 0.039 alone
    const ahead = { name: "ahead", blocks: [2, 2.2, 3.9, 4.5] };
    const also = { name: "also", blocks: [1, 1, 1, 1] };
    expect(scoreboard([plain, ahead], { measure: "skill" }).verdict).toContain("ahead beats");
    expect(scoreboard([plain, ahead, also], { measure: "skill" }).verdict).toMatch(
      /^No better .*all 2 counted/,
    );
  });

  it("says how many contenders the best was chosen from, and nothing without a baseline", () => {
    const two = [
      { name: "a", blocks: [3, 4, 5.5, 6] },
      { name: "b", blocks: [1, 1, 1, 1] },
    ];
    expect(scoreboard([plain, ...two], { measure: "skill" }).verdict).toContain("a, the best of 2, beats");
    expect(scoreboard(two, { measure: "skill" }).verdict).toBe(
      "No baseline: nothing can be said of these scores.",
    );
    expect(scoreboard([plain], { measure: "skill" }).verdict).toBe("Baselines only.");
  });

  it("says that one block says nothing, and no block even less", () => {
    const one = (...blocks: number[]): string =>
      scoreboard(
        [
          { name: "plain", isBaseline: true, blocks: blocks.map(() => 1) },
          { name: "ours", blocks },
        ],
        { measure: "skill" },
      ).verdict;
    expect(one(1.5)).toBe(
      "One block says nothing: ours is ahead of the best baseline, plain, by 0.50 in it, and what chance does is not known.",
    );
    expect(one(0.5)).toContain("ours is behind the best baseline, plain, by 0.50 in it");
    expect(one()).toBe("No block was judged: nothing can be said.");
    for (const blocks of [[], [1.5], [0.5], [1], [2, 2]]) expect(one(...blocks)).not.toContain("NaN");
  });

  it("refuses contenders that were judged on different blocks", () => {
    expect(() => scoreboard([plain, { name: "short", blocks: [1] }], { measure: "skill" })).toThrow(
      "short was judged on 1 blocks, others on 4",
    );
  });
});

const ledgerOf = (scores: readonly number[], better: TrialLedger["better"] = "higher"): TrialLedger =>
  scores.reduce(
    (all, score, i) => withTrial(all, { name: `t${i}`, settings: {}, score }),
    trialLedger("skill", better),
  );

describe("a trial ledger", () => {
  it("keeps every trial, and the one before is left as it was", () => {
    const one = ledgerOf([1]);
    expect([one.trials.length, withTrial(one, one.trials[0]!).trials.length, one.trials.length]).toEqual([
      1, 2, 1,
    ]);
    expect(bestByChance(ledgerOf([1, 2]))).toBeNull();
  });

  it("expects of the best of N equals what the literature's approximation does", () => {
    // sd 1, N = 10: (1 − γ) Z⁻¹(0.9) + γ Z⁻¹(1 − 1 / 10e) with Z⁻¹ = 1.2815515655, 1.7892417646
    const scores = [-1.5, -1, -0.5, -0.5, 0, 0, 0.5, 0.5, 1, 1.5];
    const sd = Math.sqrt(scores.reduce((sum, s) => sum + s * s, 0) / 9);
    const { best, expected, mean } = bestByChance(ledgerOf(scores))!;
    expect([best.name, mean]).toEqual(["t9", 0]);
    expect(expected / sd).toBeCloseTo(0.4227843351 * 1.2815515655 + 0.5772156649 * 1.7892417646, 8);
  });

  it("turns round where lower is better", () => {
    const { best, expected, mean } = bestByChance(ledgerOf([3, 1, 2], "lower"))!;
    expect([best.name, mean]).toEqual(["t1", 2]);
    expect(expected).toBeLessThan(2);
  });
});
