import { describe, expect, it } from "vitest";
import type { Graph } from "./graph.ts";
import { edgeSummary } from "./edge-summary.ts";
import { hopsTo } from "./hops-to.ts";

/** Fine nodes 0, 1, 2, 4 and a coarse node 3: a chain, one edge down, two up. */
const graph: Graph = {
  ...{ timeframes: ["1h", "2h"], featureNames: [], nodes: new Float64Array() },
  ...{ nodeTimeframe: Uint8Array.of(0, 0, 0, 1, 0), nodeRow: Int32Array.of(0, 1, 2, 0, 3) },
  ...{ nodeOpenTime: Float64Array.of(0, 1, 2, 0, 3), knownAt: Float64Array.of(1, 2, 3, 3, 4) },
  senders: Int32Array.of(0, 1, 0, 2, 2, 3),
  receivers: Int32Array.of(1, 2, 3, 3, 4, 4),
  edgeType: Uint8Array.of(0, 0, 2, 2, 0, 1),
  edgeWeight: new Float64Array(6).fill(1),
};

describe("what a graph connects", () => {
  it("is told by kind and timeframes: how many, how many per candle, how old", () => {
    const sorts = edgeSummary(graph);
    expect(sorts.map(({ kind, from, to }) => `${kind} ${from} ${to}`)).toEqual([
      "temporal 1h 1h",
      "down 2h 1h",
      "up 1h 2h",
    ]);
    expect(sorts[0]).toMatchObject({ edges: 3, degree: 0.75, most: 1, medianAge: 1, longestAge: 1 });
    expect(sorts[2]).toMatchObject({ edges: 2, degree: 2, most: 2, medianAge: 1, longestAge: 2 });
  });

  it("reaches a node over so many edges, and no further than asked", () => {
    expect(Array.from(hopsTo(graph, 4, 3))).toEqual([2, 2, 1, 1, 0]);
    expect(Array.from(hopsTo(graph, 4, 1))).toEqual([-1, -1, 1, 1, 0]);
    expect(Array.from(hopsTo(graph, 0, 3))).toEqual([0, -1, -1, -1, -1]);
  });
});
