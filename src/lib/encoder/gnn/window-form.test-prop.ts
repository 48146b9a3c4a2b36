import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { historyGraph } from "../../graph/history-graph.ts";
import { bitEqual, expectAllClose } from "../../testing/matchers.ts";
import { naiveEmbedding } from "../../testing/naive-gnn.ts";
import { nestedTables, tablesKnownBy } from "../../testing/nested-tables.ts";
import { randomGnn } from "../../testing/random-gnn.ts";
import { streamAll } from "../../testing/stream-all.ts";
import { rowsOfTable } from "./encode-history.ts";
import { LAYER_KINDS } from "./gnn-model.ts";
import { READOUT_KINDS } from "./readout.ts";
import { windowForm } from "./window-form.ts";

const timeframes = ["5m", "15m", "1h"];
const worlds = fc
  .record({
    seed: fc.nat(),
    bars: fc.integer({ min: 40, max: 90 }),
    gapShare: fc.constantFrom(0, 0.2),
    maxLag: fc.constantFrom(0, 400_000),
    layer: fc.constantFrom(...LAYER_KINDS),
    first: fc.constantFrom(0, 2),
  })
  .map((world) => {
    const design = { dilations: [1, 3], windows: { "5m": 7, "15m": 5, "1h": 3 } };
    const options = { ...world, timeframes, readout: READOUT_KINDS, design };
    return { tables: nestedTables(options), encoder: randomGnn(options) };
  });

describe("the window form of an encoder", () => {
  it("is the graph of the windows alone: the naive twin of those rows, in one go, in parts and live", () => {
    fc.assert(
      fc.property(worlds, fc.double({ min: 0, max: 1, noNaN: true }), ({ tables, encoder }, share) => {
        const form = windowForm(encoder);
        const { rows, anchors, vectors, dim } = form.encodeHistory(tables);
        expect([...form.anchorRows(tables)]).toEqual([...encoder.encodeHistory(tables).rows]);
        if (rows.length === 0) return;
        const a = Math.floor(share * (rows.length - 1));
        const vector = vectors.slice(a * dim, (a + 1) * dim);
        const part = form.encodeHistory(tables, { from: rows[a]!, to: rows[a]! + 1 });
        expect(bitEqual(part.vectors, vector)).toBe(true);
        const known = tablesKnownBy(tables, anchors[a]!);
        expect(bitEqual(form.encodeWindow(known), vector)).toBe(true);
        const shown = Object.fromEntries(
          Object.entries(known).map(([timeframe, table]) => {
            const end = table.knownAt.length;
            return [
              timeframe,
              rowsOfTable(table, Math.max(0, end - encoder.design.windows[timeframe]!), end),
            ];
          }),
        );
        const graph = historyGraph(shown, encoder.design);
        expectAllClose(vector, naiveEmbedding(encoder.model, graph, anchors[a]!), { rtol: 0, atol: 2e-6 });
        const live = streamAll(form, tables);
        expect([...live.keys()]).toEqual([...anchors]);
        anchors.forEach((anchor, i) =>
          expect(bitEqual(live.get(anchor)!, vectors.slice(i * dim, (i + 1) * dim))).toBe(true),
        );
      }),
      { seed: 1, numRuns: 30 },
    );
  });

  it("says which form it is, and hears its windows alone", () => {
    const encoder = randomGnn({ seed: 1, timeframes, design: { windows: { "5m": 7, "15m": 5, "1h": 3 } } });
    const form = windowForm(encoder);
    expect(form.version).toBe(`window_${encoder.version}`);
    expect(form.receptiveField).toEqual({ "5m": 7, "15m": 5, "1h": 3 });
    expect(form.hearsNearby).toBe(true);
    const tables = nestedTables({ seed: 1, bars: 3, timeframes, features: 3 });
    expect(() => form.encodeWindow(tables)).toThrow(/known rows of each/);
    expect(form.stream().embed()).toBeNull();
  });
});
