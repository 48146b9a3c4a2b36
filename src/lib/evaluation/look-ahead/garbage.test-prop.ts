import fc from "fast-check";
import { expect, it } from "vitest";
import { factsOfSeries } from "../../candles/candle-facts.ts";
import { knownBy } from "../../candles/slice.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { GARBAGE, garbageAfter } from "./garbage.ts";

const spoilt = fc.record({
  candles: fc
    .record({ seed: fc.nat(1e6), rows: fc.integer({ min: 1, max: 60 }), lagMs: fc.constantFrom(0, 700) })
    .map(syntheticCandles),
  row: fc.nat(59),
  kind: fc.constantFrom(...GARBAGE),
  seed: fc.nat(),
});

it("garbage leaves what was known untouched, and keeps the times of what is left", () => {
  fc.assert(
    fc.property(spoilt, ({ candles, row, kind, seed }) => {
      const t = candles.knownAt[row % candles.knownAt.length]!;
      const made = garbageAfter(candles, t, kind, seed);
      expect(knownBy(made, t)).toEqual(knownBy(candles, t));
      expect([...candles.openTime]).toEqual(expect.arrayContaining([...made.openTime]));
      expect(garbageAfter(candles, t, kind, seed)).toEqual(made);
      const facts = garbageAfter(factsOfSeries(candles), t, kind, seed);
      expect(facts.late).toHaveLength(made.openTime.length);
      expect(facts.close).toEqual(made.close);
    }),
    { seed: 1, numRuns: 200 },
  );
});

it("every kind of garbage changes the future", () => {
  for (const kind of GARBAGE) {
    const candles = syntheticCandles({ seed: 3, rows: 40 });
    const made = garbageAfter(candles, candles.knownAt[9]!, kind, 1);
    expect(made.close, kind).not.toEqual(candles.close);
    expect(made.volume, kind).not.toEqual(candles.volume.slice(0, made.volume.length + 1));
  }
});
