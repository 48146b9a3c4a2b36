import { expect, test } from "vitest";
import { nestedTables } from "../testing/nested-tables.ts";
import { defaultDesign } from "./design.ts";
import type { Graph } from "./graph.ts";
import { toGraphml } from "./graphml.ts";
import { historyGraph } from "./history-graph.ts";

const two: Graph = {
  timeframes: ["1h"],
  featureNames: ['r<"&', "undefinedHere"],
  nodes: Float64Array.of(0.5, 1, -2, NaN),
  nodeTimeframe: Uint8Array.of(0, 0),
  nodeRow: Int32Array.of(7, 8),
  nodeOpenTime: Float64Array.of(0, 3_600_000),
  knownAt: Float64Array.of(3_600_000, 7_200_000),
  senders: Int32Array.of(0),
  receivers: Int32Array.of(1),
  edgeType: Uint8Array.of(0),
  edgeWeight: Float64Array.of(0.25),
};

// This very text was read with networkx 3.6.1: nodes, edge and attributes as below.
test("writes what networkx reads", () => {
  expect(toGraphml(two)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="timeframe" for="node" attr.name="timeframe" attr.type="string"/>
<key id="openTime" for="node" attr.name="openTime" attr.type="string"/>
<key id="knownAt" for="node" attr.name="knownAt" attr.type="string"/>
<key id="row" for="node" attr.name="row" attr.type="long"/>
<key id="f0" for="node" attr.name="r&lt;&quot;&amp;" attr.type="double"/>
<key id="f1" for="node" attr.name="undefinedHere" attr.type="double"/>
<key id="kind" for="edge" attr.name="kind" attr.type="string"/>
<key id="weight" for="edge" attr.name="weight" attr.type="double"/>
<graph id="candles" edgedefault="directed">
<node id="n0"><data key="timeframe">1h</data><data key="openTime">1970-01-01T00:00:00Z</data><data key="knownAt">1970-01-01T01:00:00Z</data><data key="row">7</data><data key="f0">0.5</data><data key="f1">1</data></node>
<node id="n1"><data key="timeframe">1h</data><data key="openTime">1970-01-01T01:00:00Z</data><data key="knownAt">1970-01-01T02:00:00Z</data><data key="row">8</data><data key="f0">-2</data></node>
<edge source="n0" target="n1"><data key="kind">temporal</data><data key="weight">0.25</data></edge>
</graph>
</graphml>
`);
});

test("writes every node and every edge once", () => {
  const graph = historyGraph(
    nestedTables({ seed: 2, bars: 60, timeframes: ["5m", "1h"] }),
    defaultDesign(["5m", "1h"]),
  );
  const text = toGraphml(graph);
  const edges = [...text.matchAll(/<edge source="n(\d+)" target="n(\d+)">/g)];
  expect(edges.map(([, from]) => Number(from))).toEqual(Array.from(graph.senders));
  expect(edges.map(([, , to]) => Number(to))).toEqual(Array.from(graph.receivers));
  expect([...text.matchAll(/<node id=/g)].length).toBe(graph.knownAt.length);
});
