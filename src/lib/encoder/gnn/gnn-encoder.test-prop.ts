import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FeatureTables } from "../../features/feature.ts";
import { historyGraph } from "../../graph/history-graph.ts";
import { permuteNodes } from "../../graph/permute.ts";
import { createRng } from "../../math/rng.ts";
import { bitEqual, expectAllClose } from "../../testing/matchers.ts";
import { naiveEmbedding } from "../../testing/naive-gnn.ts";
import { nestedTables, tablesKnownBy } from "../../testing/nested-tables.ts";
import { randomGnn } from "../../testing/random-gnn.ts";
import { streamAll } from "../../testing/stream-all.ts";
import type { Embeddings } from "../encoder.ts";
import { LAYER_KINDS, type LayerKind } from "./gnn-model.ts";
import { READOUT_KINDS, type ReadoutKind } from "./readout.ts";

const FLOAT32 = { rtol: 0, atol: 2e-6 }; // layers and vectors are stored as float32

const worldsOf = (...layers: LayerKind[]) =>
  fc
    .record({
      seed: fc.nat(),
      bars: fc.integer({ min: 30, max: 70 }),
      timeframes: fc.constantFrom(["5m"], ["5m", "15m"], ["5m", "15m", "1h"], ["5m", "30m", "1h", "4h"]),
      gapShare: fc.constantFrom(0, 0.2),
      maxLag: fc.constantFrom(0, 400_000),
      layer: fc.constantFrom(...layers),
      layers: fc.constantFrom(1, 2, 3),
      heads: fc.constantFrom(1, 2, 4), // 8, 4 and 2 columns each
      features: fc.constantFrom(3, 4, 6),
      readout: fc.constantFrom<readonly ReadoutKind[]>(
        ["mean"],
        ["last"],
        ["decay"],
        ["attention"],
        READOUT_KINDS,
      ),
      cross: fc.constantFrom<("down" | "up")[]>(["down", "up"], ["up"], ["down"], []),
      crossPairs: fc.constantFrom<"adjacent" | "all">("adjacent", "all"),
      weights: fc.constantFrom<"none" | "timeDistance">("none", "timeDistance"),
    })
    .map((world) => {
      const { seed, timeframes, layer, layers, heads, features, readout, cross, crossPairs, weights } = world;
      const windows = Object.fromEntries(timeframes.map((timeframe) => [timeframe, 7]));
      const design = { dilations: [1, 3], cross, crossPairs, weights, windows };
      return {
        ...world,
        tables: nestedTables(world),
        encoder: randomGnn({ seed, timeframes, layer, layers, heads, features, readout, design }),
      };
    });

const worlds = worldsOf(...LAYER_KINDS);

describe("a graph network over the history, of any kind", () => {
  it.each(LAYER_KINDS)(
    "as %s equals a naive twin on the explicit graph, and renumbering the nodes changes nothing",
    (layer) => {
      fc.assert(
        fc.property(worldsOf(layer), ({ tables, encoder, seed }) => {
          const { anchors, vectors, dim } = encoder.encodeHistory(tables);
          const graph = historyGraph(tables, encoder.design);
          const renumbered = permuteNodes(graph, shuffled(graph.knownAt.length, seed));
          for (const a of [0, anchors.length >> 1, anchors.length - 1]) {
            if (anchors.length === 0) continue;
            const vector = vectors.subarray(a * dim, (a + 1) * dim);
            expectAllClose(vector, naiveEmbedding(encoder.model, graph, anchors[a]!), FLOAT32);
            expectAllClose(vector, naiveEmbedding(encoder.model, renumbered, anchors[a]!), FLOAT32);
          }
        }),
        { seed: 1, numRuns: 12 },
      );
    },
  );

  it("gives the same bits at t from what was known by t, whatever follows", () => {
    fc.assert(
      fc.property(worlds, fc.double({ min: 0, max: 1, noNaN: true }), ({ tables, encoder, seed }, share) => {
        const all = encoder.encodeHistory(tables);
        const base = tables[encoder.design.timeframes[0]!]!.knownAt;
        const t = base[Math.floor(share * (base.length - 1))]!;
        const prefix = encoder.encodeHistory(tablesKnownBy(tables, t));
        const garbage = encoder.encodeHistory(garbageAfter(tables, t, seed));
        const known = all.anchors.filter((anchor) => anchor <= t).length;
        expect(prefix.rows.length).toBe(known);
        for (const other of [prefix, garbage]) expect(sameUntil(all, other, known)).toBe(true);
      }),
      { seed: 2, numRuns: 100 },
    );
  });

  it("gives the same bits candle by candle as in one go, however many rows it keeps", () => {
    fc.assert(
      fc.property(worlds, fc.constantFrom(1, 40, 1_024), ({ tables, encoder }, room) => {
        const { anchors, vectors, dim } = encoder.encodeHistory(tables);
        const live = streamAll(encoder, tables, encoder.stream(room));
        expect([...live.keys()]).toEqual([...anchors]);
        anchors.forEach((anchor, a) =>
          expect(bitEqual(live.get(anchor)!, vectors.slice(a * dim, (a + 1) * dim))).toBe(true),
        );
      }),
      { seed: 3, numRuns: 120 },
    );
  });

  it("gives vectors of unit length whose numbers sum to zero", () => {
    fc.assert(
      fc.property(worlds, ({ tables, encoder }) => {
        const { vectors, dim, rows } = encoder.encodeHistory(tables);
        for (let a = 0; a < rows.length; a++) {
          const vector = vectors.subarray(a * dim, (a + 1) * dim);
          expect(vector.reduce((sum, x) => sum + x * x, 0)).toBeCloseTo(1, 5);
          expect(vector.reduce((sum, x) => sum + x, 0)).toBeCloseTo(0, 5);
        }
      }),
      { seed: 4, numRuns: 20 },
    );
  });
});

/** Values after t replaced by garbage, NaN and infinities among it, and the times after t stretched. */
function garbageAfter(tables: FeatureTables, t: number, seed: number): FeatureTables {
  const rng = createRng(seed + 1);
  return Object.fromEntries(
    Object.entries(tables).map(([timeframe, table]) => {
      const F = table.names.length;
      const values = table.values.map((x, i) =>
        table.knownAt[Math.floor(i / F)]! <= t ? x : ([NaN, Infinity, 1e9, -1e9][rng.int(4)] as number),
      );
      const knownAt = table.knownAt.map((known) => (known <= t ? known : t + 3 * (known - t)));
      return [timeframe, { ...table, values, knownAt }];
    }),
  );
}

function sameUntil(a: Embeddings, b: Embeddings, anchors: number): boolean {
  return (
    bitEqual(a.rows.slice(0, anchors), b.rows.slice(0, anchors)) &&
    bitEqual(a.anchors.slice(0, anchors), b.anchors.slice(0, anchors)) &&
    bitEqual(a.vectors.slice(0, anchors * a.dim), b.vectors.slice(0, anchors * a.dim))
  );
}

function shuffled(n: number, seed: number): Int32Array {
  const rng = createRng(seed);
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = rng.int(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
