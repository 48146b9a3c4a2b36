import { describe, expect, it } from "vitest";
import { RhymeError } from "../errors.ts";
import type { FeatureTable } from "../features/feature.ts";
import { createRng } from "../math/rng.ts";
import { nestedTables } from "../testing/nested-tables.ts";
import { csrByReceiver } from "./csr.ts";
import { defaultDesign, designHash } from "./design.ts";
import { EDGE_KINDS } from "./graph.ts";
import { historyGraph } from "./history-graph.ts";
import { permuteNodes } from "./permute.ts";

const MINUTE = 60_000;

/** Hand-made tables: 5m bars that open at minutes 0, 5, 10 …, 15m bars at 0, 15. */
function table(timeframe: string, width: number, opens: readonly number[]): FeatureTable {
  return {
    timeframe,
    names: ["x"],
    values: Float64Array.from(opens, (_, i) => i),
    openTime: Float64Array.from(opens, (open) => open * MINUTE),
    knownAt: Float64Array.from(opens, (open) => (open + width) * MINUTE),
  };
}

const tables = { "5m": table("5m", 5, [0, 5, 10, 15, 20, 25, 30]), "15m": table("15m", 15, [0, 15]) };
const small = defaultDesign(["5m", "15m"], { dilations: [1, 2] });

function into(graph: ReturnType<typeof historyGraph>, node: number): string[] {
  const offsets = csrByReceiver(graph);
  const name = (n: number): string => `${graph.timeframes[graph.nodeTimeframe[n]!]!}:${graph.nodeRow[n]!}`;
  return Array.from(graph.senders.subarray(offsets[node], offsets[node + 1]), (sender, i) => {
    const kind = EDGE_KINDS[graph.edgeType[offsets[node]! + i]!]!;
    return `${kind} ${name(sender)}`;
  });
}

describe("history graph", () => {
  it("orders nodes by knownAt, at equal times fine to coarse", () => {
    const graph = historyGraph(tables, small);
    expect(Array.from(graph.nodeTimeframe)).toEqual([0, 0, 0, 1, 0, 0, 0, 1, 0]);
    expect(Array.from(graph.nodeRow)).toEqual([0, 1, 2, 0, 3, 4, 5, 1, 6]);
    expect(Array.from(graph.nodes)).toEqual([0, 1, 2, 0, 3, 4, 5, 1, 6]);
  });

  it("lets a coarser candle hear those inside it, and be heard only from the next candle on", () => {
    const graph = historyGraph(tables, small);
    expect(into(graph, 3)).toEqual(["up 5m:0", "up 5m:1", "up 5m:2"]);
    expect(into(graph, 2)).toEqual(["temporal 5m:1", "temporal 5m:0"]);
    expect(into(graph, 4)).toEqual(["temporal 5m:2", "temporal 5m:1", "down 15m:0"]);
    expect(into(graph, 6)).toEqual(["temporal 5m:4", "temporal 5m:3", "down 15m:0"]);
    expect(into(graph, 8)).toEqual(["temporal 5m:5", "temporal 5m:4", "down 15m:1"]);
  });

  it("joins every pair of timeframes where asked", () => {
    const three = { ...tables, "30m": table("30m", 30, [0]) };
    const design = { dilations: [1], cross: ["up"] as const };
    const adjacent = historyGraph(three, defaultDesign(["5m", "15m", "30m"], design));
    const all = historyGraph(three, defaultDesign(["5m", "15m", "30m"], { ...design, crossPairs: "all" }));
    expect(into(adjacent, 8)).toEqual(["up 15m:0", "up 15m:1"]);
    expect(into(all, 8)).toEqual([
      ...Array.from({ length: 6 }, (_, i) => `up 5m:${i}`),
      "up 15m:0",
      "up 15m:1",
    ]);
  });

  it("weighs by volume relative to the senders of the same kind, and 1 where nothing traded", () => {
    const design = defaultDesign(["5m", "15m"], { dilations: [1, 2], weights: "volume" });
    const volumes = { "5m": [1, 2, 6, 0, 0, 0, 0], "15m": [5, 5] };
    const graph = historyGraph(tables, design, volumes);
    const offsets = csrByReceiver(graph);
    const weights = (n: number): number[] =>
      Array.from(graph.edgeWeight.subarray(offsets[n], offsets[n + 1]));
    expect(weights(3)).toEqual([1 / 3, 2 / 3, 2]);
    expect(weights(4)).toEqual([6 / 4, 2 / 4, 1]);
    expect(weights(6)).toEqual([1, 1, 1]);
  });

  it("weighs by time distance in widths of the coarser timeframe", () => {
    const graph = historyGraph(tables, { ...small, weights: "timeDistance" });
    const offsets = csrByReceiver(graph);
    const weights = (n: number): number[] =>
      Array.from(graph.edgeWeight.subarray(offsets[n], offsets[n + 1]));
    expect(weights(3)).toEqual([1 / (1 + 10 / 15), 1 / (1 + 5 / 15), 1]);
    expect(weights(4)).toEqual([1 / 2, 1 / 3, 1 / (1 + 5 / 15)]);
  });

  it("refuses weights by volume without volumes, other features per timeframe, and a missing timeframe", () => {
    expect(() => historyGraph(tables, { ...small, weights: "volume" })).toThrow(/volumes of 5m/);
    const other = { ...tables, "15m": { ...tables["15m"], names: ["y"] } };
    expect(() => historyGraph(other, small)).toThrow(/same features/);
    expect(() => historyGraph({ "5m": tables["5m"] }, small)).toThrow(/got 15m/);
  });

  it("refuses a knownAt column that descends", () => {
    const late = { ...tables["5m"], knownAt: Float64Array.from(tables["5m"].knownAt).reverse() };
    expect(() => historyGraph({ ...tables, "5m": late }, small)).toThrow(RhymeError);
  });

  it("is empty for empty tables", () => {
    const graph = historyGraph({ "5m": table("5m", 5, []), "15m": table("15m", 15, []) }, small);
    expect([graph.knownAt.length, graph.senders.length, graph.nodes.length]).toEqual([0, 0, 0]);
  });

  it("builds a hundred thousand candles in four timeframes with the edges counted by hand", () => {
    const timeframes = ["5m", "30m", "1h", "4h"];
    const many = nestedTables({ seed: 3, bars: 100_000, timeframes, features: 1 });
    const graph = historyGraph(many, defaultDesign(timeframes));
    const rows = [100_000, 16_666, 8_333, 2_083];
    const temporal = rows.reduce((sum, r) => sum + [1, 2, 4, 8, 16, 32].reduce((s, d) => s + r - d, 0), 0);
    const up = 16_666 * 6 + 8_333 * 2 + 2_083 * 4;
    const down = 100_000 - 6 + (16_666 - 2) + (8_333 - 4);
    expect(graph.senders.length).toBe(temporal + up + down);
  });
});

describe("renumbering", () => {
  const graph = historyGraph(nestedTables({ seed: 5, bars: 40, timeframes: ["5m", "15m"] }), small);

  it("moves nodes and edges together and is undone by the inverse", () => {
    const rng = createRng(8);
    const from = Int32Array.from({ length: graph.knownAt.length }, (_, n) => n);
    for (let i = from.length - 1; i > 0; i--) {
      const j = rng.int(i + 1);
      [from[i], from[j]] = [from[j]!, from[i]!];
    }
    const inverse = new Int32Array(from.length);
    from.forEach((old, n) => (inverse[old] = n));
    const shuffled = permuteNodes(graph, from);
    expect(shuffled.senders).not.toEqual(graph.senders);
    for (let e = 0; e < graph.senders.length; e++) expect(from[shuffled.senders[e]!]).toBe(graph.senders[e]);
    expect(permuteNodes(shuffled, inverse)).toEqual(graph);
  });

  it("refuses numbers that are no permutation", () => {
    expect(() => permuteNodes(graph, new Int32Array(graph.knownAt.length))).toThrow(/each of/);
    expect(() => csrByReceiver({ receivers: Int32Array.of(2, 1), knownAt: new Float64Array(3) })).toThrow(
      /receiver/,
    );
  });
});

describe("graph design", () => {
  it("sorts timeframes and fills in the windows", () => {
    const design = defaultDesign(["1h", "5m"], { windows: { "1h": 12 } });
    expect(design.timeframes).toEqual(["5m", "1h"]);
    expect(design.windows).toEqual({ "5m": 48, "1h": 12 });
  });

  it("hashes equal designs equally and any other choice differently", () => {
    const base = designHash(small);
    expect(designHash({ ...small, cross: ["up", "down"], windows: { "15m": 48, "5m": 48, "1d": 9 } })).toBe(
      base,
    );
    const others = [
      { ...small, dilations: [1, 3] },
      { ...small, cross: ["up" as const] },
      { ...small, crossPairs: "all" as const },
      { ...small, weights: "volume" as const },
      { ...small, windows: { "5m": 48, "15m": 47 } },
      { ...small, timeframes: ["5m"] },
    ];
    const hashes = new Set([base, ...others.map(designHash)]);
    expect(hashes.size).toBe(others.length + 1);
  });

  it.each([
    [{ dilations: [2, 1] }, /ascending/],
    [{ dilations: [0] }, /from 1/],
    [{ dilations: [1.5] }, /whole/],
    [{ windows: { "5m": 0 } }, /at least 1/],
    [{ windows: { "1d": 3 } }, /timeframes of the design/],
    [{ cross: ["down", "down"] as const }, /at most once/],
    [{ weights: "colour" as "none" }, /timeDistance/],
    [{ crossPairs: "some" as "all" }, /adjacent/],
  ])("refuses %o", (options, message) => {
    expect(() => defaultDesign(["5m", "1h"], options)).toThrow(message);
  });

  it("refuses timeframes that do not nest or are none", () => {
    expect(() => defaultDesign(["4m", "6m"])).toThrow(RhymeError);
    expect(() => defaultDesign([])).toThrow(/at least one/);
  });
});
