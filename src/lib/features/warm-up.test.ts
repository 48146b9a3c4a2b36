import { describe, expect, it } from "vitest";
import { sliceRows } from "../candles/slice.ts";
import { syntheticCandles } from "../testing/candles.ts";
import { EVERY_FEATURE } from "./every-feature.ts";
import { computeFeature } from "./compute-feature.ts";

const TOLERANCE = 1e-6;

/** Bars after the cut until every later value agrees with that of the whole history. */
function settledAfter(whole: Float64Array, truncated: Float64Array): number {
  const from = whole.length - truncated.length;
  for (let i = truncated.length - 1; i >= 0; i--) {
    const [a, b] = [whole[from + i]!, truncated[i]!];
    if (!(Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a)))) return i + 1;
  }
  return 0;
}

describe.each(
  EVERY_FEATURE.map((feature) => [feature.id, Object.values(feature.params).join(), feature] as const),
)("%s (%s)", (_id, _params, feature) => {
  it("is undefined for exactly `first` bars, then never again", () => {
    const candles = { "5m": syntheticCandles({ seed: 11, rows: 700, gapShare: 0.01 }) };
    const columns = Object.values(computeFeature(feature, candles, "5m"));
    const first = Math.min(...columns.map((column) => column.findIndex((v) => !Number.isNaN(v))));
    expect(first).toBe(feature.warmUp.first);
    for (const column of columns) expect(column.slice(first).every(Number.isFinite)).toBe(true);
  });

  it("forgets to 1e-6 where its history began within `settled` bars", () => {
    for (let seed = 1; seed <= 8; seed++) {
      const series = syntheticCandles({ seed, rows: 1500 });
      const whole = computeFeature(feature, { "5m": series }, "5m");
      const cut = computeFeature(feature, { "5m": sliceRows(series, 500, 1500) }, "5m");
      for (const output of feature.outputs) {
        const settled = settledAfter(whole[output]!, cut[output]!);
        expect(settled, `${output}, seed ${seed}`).toBeLessThanOrEqual(feature.warmUp.settled);
      }
    }
  });
});
