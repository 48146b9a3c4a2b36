import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bitEqual } from "../../testing/matchers.ts";
import { nestedTables } from "../../testing/nested-tables.ts";
import { randomGnn } from "../../testing/random-gnn.ts";
import type { Embeddings } from "../encoder.ts";
import { LAYER_KINDS } from "./gnn-model.ts";
import type { ReadoutKind } from "./readout.ts";

const worlds = fc
  .record({
    seed: fc.nat(),
    bars: fc.integer({ min: 30, max: 400 }),
    timeframes: fc.constantFrom(["5m"], ["5m", "15m"], ["5m", "15m", "1h"], ["5m", "30m", "1h", "4h"]),
    gapShare: fc.constantFrom(0, 0.2, 0.6),
    maxLag: fc.constantFrom(0, 400_000, 9_000_000),
    layer: fc.constantFrom(...LAYER_KINDS),
    layers: fc.constantFrom(1, 2, 3),
    dilations: fc.constantFrom([], [1], [3], [1, 2, 4, 8]),
    readout: fc.constantFrom<readonly ReadoutKind[]>(
      ["last"],
      ["last"],
      ["mean"],
      ["last", "decay"],
      ["attention"],
    ),
    cross: fc.constantFrom<("down" | "up")[]>(["down", "up"], ["up"], ["down"], []),
    crossPairs: fc.constantFrom<"adjacent" | "all">("adjacent", "all"),
    weights: fc.constantFrom<"none" | "timeDistance">("none", "timeDistance"),
    first: fc.constantFrom(0, 2, 5),
  })
  .map(({ dilations, cross, crossPairs, weights, ...world }) => {
    const windows = Object.fromEntries(world.timeframes.map((timeframe) => [timeframe, 7]));
    const design = { dilations, cross, crossPairs, weights, windows };
    return { ...world, tables: nestedTables(world), encoder: randomGnn({ ...world, design }) };
  });

const cuts = fc.tuple(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 0, max: 1_000 }));

describe("a part of a history", () => {
  it("has the bits of the whole, whatever the design, the readout and the candles", () => {
    let [nearby, parts] = [0, 0];
    fc.assert(
      fc.property(worlds, cuts, ({ tables, encoder }, shares) => {
        const whole = encoder.encodeHistory(tables);
        const rows = tables["5m"]!.knownAt.length;
        const [from, to] = shares
          .map((share) => Math.round((share * (rows + 1)) / 1_000))
          .sort((a, b) => a - b);
        const part = encoder.encodeHistory(tables, { from: from!, to: to! });
        const [a, b] = [from!, to!].map((row) => whole.rows.filter((one) => one < row).length);
        expect(isPart(part, whole, a!, b)).toBe(true);
        const newest = encoder.encodeHistory(tables, { from: rows - 1 });
        expect(isPart(newest, whole, whole.rows.filter((one) => one < rows - 1).length)).toBe(true);
        if (part.rows.length > 0 && a! > 0) parts++;
        if (encoder.hearsNearby) nearby++;
      }),
      { seed: 1, numRuns: 250 },
    );
    expect(Math.min(nearby, parts)).toBeGreaterThan(60);
  });

  it("says whether it needs no more than what is near", () => {
    const of = (...readout: ReadoutKind[]) => randomGnn({ seed: 1, timeframes: ["5m"], readout }).hearsNearby;
    expect([of("last"), of("mean"), of("decay"), of("last", "mean")]).toEqual([true, false, false, false]);
  });

  it("says which rows it makes embeddings of, before it makes any", () => {
    fc.assert(
      fc.property(worlds, ({ tables, encoder }) => {
        expect([...encoder.anchorRows(tables)]).toEqual([...encoder.encodeHistory(tables).rows]);
      }),
      { seed: 2, numRuns: 60 },
    );
  });
});

/** Whether `part` is anchors [from, to) of `whole`. */
function isPart(part: Embeddings, whole: Embeddings, from: number, to?: number): boolean {
  const { dim } = whole;
  const end = to ?? whole.rows.length;
  return (
    bitEqual(part.rows, whole.rows.slice(from, end)) &&
    bitEqual(part.anchors, whole.anchors.slice(from, end)) &&
    bitEqual(part.vectors, whole.vectors.slice(from * dim, end * dim))
  );
}
