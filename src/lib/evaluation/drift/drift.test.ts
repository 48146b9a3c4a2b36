import { describe, expect, it } from "vitest";
import type { FeatureTable } from "../../features/feature.ts";
import { createRng } from "../../math/rng.ts";
import { HOUR, iso } from "../../time/units.ts";
import { inputDrift } from "./input-drift.ts";
import { populationStability } from "./population-stability.ts";

function normals(count: number, seed: number, shift = 0): Float64Array {
  const rng = createRng(seed);
  return Float64Array.from({ length: count }, () => rng.normal() + shift);
}

/** One feature; the last `rows` of `values` are moved by `shift`. */
function tableOf(count: number, shifted: number, shift: number): FeatureTable {
  const values = normals(count, 5).map((value, i) => (i >= count - shifted ? value + shift : value));
  const times = Float64Array.from({ length: count }, (_, i) => i * HOUR);
  return { timeframe: "1h", names: ["x"], values, openTime: times, knownAt: times.map((t) => t + HOUR) };
}

describe("the population stability index", () => {
  it("is that of a worked example", () => {
    // Ten bins of 10 each against 19 in the first, 9 in the others; half an observation more in each of eleven bins.
    const reference = Array.from({ length: 100 }, (_, i) => i);
    const newest = [...reference.filter((i) => i % 10 !== 0 || i === 0), ...Array<number>(9).fill(0)];
    const [total, p] = [105.5, 10.5 / 105.5];
    const expected =
      (19.5 / total - p) * Math.log(19.5 / total / p) + 9 * (9.5 / total - p) * Math.log(9.5 / total / p);
    expect(populationStability(reference, newest)).toBeCloseTo(expected, 12);
  });

  it("is zero for equals, and grows with a shift, in either direction the same", () => {
    const [a, b] = [normals(2000, 1), normals(2000, 2, 1)];
    expect(populationStability(a, a)).toBe(0);
    expect(populationStability(a, normals(2000, 3))).toBeLessThan(0.02);
    expect(populationStability(a, normals(2000, 3, 0.3))).toBeGreaterThan(0.05);
    expect(populationStability(a, b)).toBeGreaterThan(0.5);
  });

  it("sees values that are gone, and has nothing to say of none", () => {
    const a = normals(1000, 1);
    expect(
      populationStability(
        a,
        a.map((value, i) => (i % 2 ? NaN : value)),
      ),
    ).toBeGreaterThan(1);
    expect(
      populationStability(
        a.map(() => 0),
        a.map(() => 0),
      ),
    ).toBe(0);
    expect(populationStability(a, [])).toBeNaN();
  });
});

describe("drift of inputs", () => {
  const spans = { referenceUntil: 1_000 * HOUR, asOf: Infinity, rows: 200 };

  it("is told where the newest rows lie elsewhere, beside what was usual", () => {
    const [still, moved] = [tableOf(4_000, 0, 0), tableOf(4_000, 200, 1)].map((table) =>
      inputDrift(table, spans)!,
    );
    expect(still!.features[0]!.drifted).toBe(false);
    expect(moved!.features[0]!).toMatchObject({ name: "x", drifted: true });
    expect(moved!.earlierSpans).toBe(14);
    expect(moved!.features[0]!.usual).toBe(still!.features[0]!.usual);
    expect(moved!.reference).toMatchObject({ rows: 1_000, to: iso(1_000 * HOUR) });
    expect(moved!.newest).toMatchObject({ rows: 200, from: iso(3_801 * HOUR) });
  });

  it("is no alarm where earlier spans lay as far away", () => {
    const often = tableOf(4_000, 3_000, 1);
    const { psi, usual, drifted } = inputDrift(often, spans)!.features[0]!;
    expect(psi).toBeGreaterThan(0.25);
    expect(usual).toBeGreaterThan(0.25);
    expect(drifted).toBe(psi > usual!);
  });

  it("looks at nothing that became known later", () => {
    const whole = tableOf(4_000, 500, 3);
    const asOf = 3_400 * HOUR;
    const rows = whole.knownAt.filter((t) => t <= asOf).length;
    const cut = { ...whole, values: whole.values.slice(0, rows), knownAt: whole.knownAt.slice(0, rows) };
    expect(inputDrift(whole, { ...spans, asOf })).toEqual(inputDrift(cut, spans));
  });

  it("says nothing of too few rows", () => {
    expect(inputDrift(tableOf(1_150, 0, 0), spans)).toBeNull();
    expect(inputDrift(tableOf(4_000, 0, 0), { ...spans, referenceUntil: 100 * HOUR })).toBeNull();
  });
});
