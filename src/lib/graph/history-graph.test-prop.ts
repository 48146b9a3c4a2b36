import fc from "fast-check";
import { expect, test } from "vitest";
import { bitEqual } from "../testing/matchers.ts";
import { naiveEdges, type NaiveEdge } from "../testing/naive-graph.ts";
import { nestedTables, tablesKnownBy } from "../testing/nested-tables.ts";
import { csrByReceiver } from "./csr.ts";
import { defaultDesign } from "./design.ts";
import { EDGE_KINDS, type Graph } from "./graph.ts";
import type { GraphDesign } from "./graph-design.ts";
import { historyGraph } from "./history-graph.ts";
import type { Volumes } from "./edge-weights.ts";
import type { FeatureTables } from "../features/feature.ts";

const MINUTE = 60_000;
const seeded = { seed: 1, numRuns: 60 };

const timeframes = fc.subarray(["5m", "15m", "1h", "4h"], { minLength: 1 });
const tables = fc
  .record({
    seed: fc.nat(1e6),
    bars: fc.integer({ min: 1, max: 160 }),
    timeframes,
    gapShare: fc.constantFrom(0, 0.1, 0.5),
    maxLag: fc.constantFrom(0, 3 * MINUTE, 40 * MINUTE),
  })
  .map((options) => ({ timeframes: options.timeframes, tables: nestedTables(options) }));
const choices = fc.record({
  dilations: fc.subarray([1, 2, 3, 8, 32]),
  cross: fc.subarray(["down", "up"] as const),
  crossPairs: fc.constantFrom("adjacent" as const, "all" as const),
  weights: fc.constantFrom("none" as const, "volume" as const, "timeDistance" as const),
});

function volumesOf(all: FeatureTables): Volumes {
  return Object.fromEntries(
    Object.entries(all).map(([name, t]) => [name, t.openTime.map((open) => ((open / MINUTE) * 7919) % 101)]),
  );
}

function edgesInWords(graph: Graph): NaiveEdge[] {
  const node = (n: number): string => `${graph.timeframes[graph.nodeTimeframe[n]!]!}:${graph.nodeRow[n]!}`;
  return Array.from(
    graph.senders,
    (sender, e) =>
      `${node(sender)} ${EDGE_KINDS[graph.edgeType[e]!]!} ${node(graph.receivers[e]!)}` as NaiveEdge,
  );
}

test("the edges are those that the naive twin finds by asking every pair", () => {
  fc.assert(
    fc.property(tables, choices, (t, choice) => {
      const design = defaultDesign(t.timeframes, choice);
      const edges = edgesInWords(historyGraph(t.tables, design, volumesOf(t.tables)));
      expect(new Set(edges)).toEqual(naiveEdges(t.tables, design));
      expect(edges.length).toBe(new Set(edges).size);
    }),
    seeded,
  );
});

test("every edge runs forward in node order and in time, sorted by receiver", () => {
  fc.assert(
    fc.property(tables, choices, (t, choice) => {
      const graph = historyGraph(t.tables, defaultDesign(t.timeframes, choice), volumesOf(t.tables));
      const { senders, receivers, knownAt } = graph;
      for (let e = 0; e < senders.length; e++) {
        expect(senders[e]!).toBeLessThan(receivers[e]!);
        expect(knownAt[senders[e]!]!).toBeLessThanOrEqual(knownAt[receivers[e]!]!);
      }
      const offsets = csrByReceiver(graph);
      expect(offsets.at(-1)).toBe(senders.length);
      for (let n = 0; n < knownAt.length; n++)
        for (let e = offsets[n]!; e < offsets[n + 1]!; e++) expect(receivers[e]).toBe(n);
    }),
    seeded,
  );
});

test("the graph of what was known at t is a prefix of the graph of everything, bit for bit", () => {
  fc.assert(
    fc.property(tables, choices, fc.double({ min: 0, max: 1, noNaN: true }), (t, choice, share) => {
      const design = defaultDesign(t.timeframes, choice);
      const all = historyGraph(t.tables, design, volumesOf(t.tables));
      const at = all.knownAt[Math.floor(share * (all.knownAt.length - 1))] ?? 0;
      const known = tablesKnownBy(t.tables, at);
      expectPrefix(historyGraph(known, design, volumesOf(known)), all);
    }),
    seeded,
  );
});

test("garbage after t changes nothing up to t", () => {
  fc.assert(
    fc.property(tables, choices, fc.double({ min: 0, max: 1, noNaN: true }), (t, choice, share) => {
      const design: GraphDesign = defaultDesign(t.timeframes, choice);
      const base = t.tables[t.timeframes[0]!]!.knownAt;
      const at = base[Math.floor(share * (base.length - 1))] ?? 0;
      const known = tablesKnownBy(t.tables, at);
      const spoilt = spoilAfter(t.tables, at);
      const volumes = volumesOf(spoilt);
      expectPrefix(historyGraph(known, design, volumesOf(known)), historyGraph(spoilt, design, volumes));
    }),
    seeded,
  );
});

/** Every row known after `at` gets other values, and becomes known 1 to 7 hours later than it was. */
function spoilAfter(all: FeatureTables, at: number): FeatureTables {
  return Object.fromEntries(
    Object.entries(all).map(([name, table]) => {
      const F = table.names.length;
      let latest = 0;
      const knownAt = table.knownAt.map((known, row) => {
        if (known > at) known += (1 + ((row * 31) % 7)) * 60 * MINUTE;
        return (latest = Math.max(latest, known));
      });
      const values = table.values.map((value, i) => (table.knownAt[Math.floor(i / F)]! > at ? -1e9 : value));
      return [name, { ...table, knownAt, values }];
    }),
  );
}

function expectPrefix(part: Graph, all: Graph): void {
  const N = part.knownAt.length;
  const E = part.senders.length;
  const columns: readonly [keyof Graph, number][] = [
    ["nodes", N * part.featureNames.length],
    ["nodeTimeframe", N],
    ["nodeRow", N],
    ["nodeOpenTime", N],
    ["knownAt", N],
    ["senders", E],
    ["receivers", E],
    ["edgeType", E],
    ["edgeWeight", E],
  ];
  for (const [name, length] of columns) {
    const [a, b] = [part[name] as Float64Array, all[name] as Float64Array];
    expect(a.length, name).toBe(length);
    expect(bitEqual(a, b.slice(0, length)), `${name} of the prefix`).toBe(true);
  }
  expect(all.receivers.findIndex((receiver) => receiver < N && receiver >= 0)).toBe(E > 0 ? 0 : -1);
  expect(all.receivers.filter((receiver) => receiver < N).length, "edges into the prefix").toBe(E);
}
