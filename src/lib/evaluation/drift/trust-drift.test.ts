import { describe, expect, it } from "vitest";
import { createRng } from "../../math/rng.ts";
import { LEVELS } from "../../recall/answer.ts";
import { fromNames } from "../../recall/ledger.ts";
import { HOUR, iso } from "../../time/units.ts";
import { TRUST_LABELS, TRUST_METHODS } from "../trust/trust-report.ts";
import type { TrustRows } from "../trust/trust-rows.ts";
import { shiftsOf, trustDrift } from "./trust-drift.ts";

const START = Date.UTC(2020, 0, 1);
const NORMAL = [-1.645, -1.2816, -0.6745, 0, 0.6745, 1.2816, 1.645];

/** One symbol asked every two hours; outcomes are normal, in the last `late` of them `wider` times as wide. */
function world(count: number, { seed = 1, late = 0, wider = 1, width = 1 } = {}): TrustRows {
  const rng = createRng(seed);
  const anchor = Float64Array.from({ length: count }, (_, i) => START + i * 2 * HOUR);
  const scale = (i: number): number => (i >= count - late ? wider : 1);
  const stated = (method: string): Float64Array => {
    const wide = method === "recall" ? width : method === "climatology" ? 2 : 1;
    return Float64Array.from({ length: count * LEVELS.length }, (_, i) => NORMAL[i % LEVELS.length]! * wide);
  };
  return {
    series: [{ source: "test", symbol: "A", timeframe: "1h" }],
    seriesOf: new Int32Array(count),
    anchor,
    matureAt: anchor.map((t) => t + 4 * HOUR),
    missing: new Uint8Array(count),
    abstained: new Uint8Array(count),
    outcomes: fromNames(TRUST_LABELS, () =>
      Float64Array.from({ length: count }, (_, i) => rng.normal() * scale(i)),
    ),
    quantiles: fromNames(TRUST_LABELS, () => fromNames(TRUST_METHODS, stated)),
  };
}

describe("drift of trust", () => {
  it("compares the newest instants with as many before them", () => {
    const drift = trustDrift(world(1_200), "4h")!;
    expect(drift).toMatchObject({ horizon: "4h", instants: 500 });
    expect(drift.newest).toEqual({ from: iso(START + 700 * 2 * HOUR), to: iso(START + 1_199 * 2 * HOUR) });
    expect(drift.before.from).toBe(iso(START + 200 * 2 * HOUR));
    const { skill, coverage80 } = drift.labels.return;
    expect(skill.newest).toBeLessThan(0); // climatology is twice too wide
    expect(coverage80.newest).toBeCloseTo(0.8, 1);
  });

  it("raises an alarm about as often as it says where nothing changed", () => {
    const ps = Array.from({ length: 150 }, (_, seed) =>
      shiftsOf(trustDrift(world(600, { seed }), "4h")!),
    ).flat();
    const share = ps.filter(({ p }) => p! < 0.05).length / ps.length;
    expect(share).toBeGreaterThan(0.01);
    expect(share).toBeLessThan(0.1); // 0.05, and what lags of √n cost
  });

  it("sees answers that became worse, and bands that hold no longer", () => {
    const worse = trustDrift(world(1_000, { late: 500, wider: 2, width: 0.5 }), "4h")!;
    for (const label of TRUST_LABELS) {
      expect(worse.labels[label].skill.p).toBeLessThan(1e-4);
      expect(worse.labels[label].coverage80.p).toBeLessThan(1e-4);
      expect(worse.labels[label].coverage80.newest).toBeLessThan(worse.labels[label].coverage80.before);
    }
  });

  it("does not call an improvement of the skill a drift", () => {
    const before = world(1_000, { late: 500, wider: 0.5, width: 0.5 });
    for (const label of TRUST_LABELS)
      expect(trustDrift(before, "4h")!.labels[label].skill.p).toBeGreaterThan(0.9);
  });

  it("says nothing of fewer than a hundred instants a span", () => {
    expect(trustDrift(world(199), "4h")).toBeNull();
    expect(trustDrift(world(200), "4h")).not.toBeNull();
  });
});
