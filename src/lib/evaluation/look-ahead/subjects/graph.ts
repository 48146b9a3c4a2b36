import type { CandlesByTimeframe } from "../../../candles/candle-series.ts";
import { closeLocation } from "../../../features/close-location.ts";
import type { FeatureSet } from "../../../features/feature.ts";
import { featureTables } from "../../../features/feature-table.ts";
import { logReturn } from "../../../features/log-return.ts";
import { defaultDesign } from "../../../graph/design.ts";
import { DESIGNS } from "../../../graph/designs/every-design.ts";
import type { GraphDesign } from "../../../graph/graph-design.ts";
import type { Graph } from "../../../graph/graph.ts";
import { toGraphml } from "../../../graph/graphml.ts";
import { historyGraph } from "../../../graph/history-graph.ts";
import { buildGraphFromOhlcv } from "../../../graph/window-graph.ts";
import type { Stated } from "../stated.ts";
import type { CandlesSubject, Setting, Subject } from "../subject.ts";
import { askedAt, baseOf, digestOfAll, MANY, statedWhenAsked } from "./stating.ts";

/** Two features that are there from the first bars on: what is tested is the graph. */
export const SMALL_SET: FeatureSet = { name: "small", features: [logReturn, closeLocation] };

/** One of the kinds of graph that a design can ask for; which one, the seed of a history decides. */
export function drawnDesign({ timeframes, seed }: Setting): GraphDesign {
  return defaultDesign(timeframes, {
    dilations: [1, 2, 5],
    crossPairs: seed % 2 === 0 ? "all" : "adjacent",
    weights: (["none", "timeDistance"] as const)[(seed >>> 1) % 2]!,
    windows: Object.fromEntries(timeframes.map((timeframe) => [timeframe, 8])),
  });
}

function statedGraph(graph: Graph): Stated {
  const { nodes, nodeTimeframe, nodeRow, nodeOpenTime, knownAt, senders, receivers, edgeType, edgeWeight } =
    graph;
  const N = Float64Array.from(knownAt.keys());
  const E = Float64Array.from(senders.keys());
  const node = Array.from(N, (n) => [nodeTimeframe[n]!, nodeRow[n]!, nodeOpenTime[n]!]);
  const edge = Array.from(E, (e) => [senders[e]!, receivers[e]!, edgeType[e]!, edgeWeight[e]!]);
  return [
    { name: "nodes", key: N, knownAt, values: Float64Array.from(node.flat()) },
    { name: "features of nodes", key: N, knownAt, values: nodes },
    {
      name: "edges",
      key: E,
      knownAt: Float64Array.from(receivers, (receiver) => knownAt[receiver]!),
      values: Float64Array.from(edge.flat()),
    },
  ];
}

const history: CandlesSubject = {
  name: "graph/history",
  covers: ["historyGraph", "buildEdges", "nodeOrder", "crossLinks", "edgeWeights"],
  takes: "candles",
  every: 12,
  instants: MANY,
  run(candles, setting) {
    const byVolume = setting.seed % 3 === 0;
    const design = { ...drawnDesign(setting), ...(byVolume ? { weights: "volume" as const } : {}) };
    return statedGraph(historyGraph(featureTables(SMALL_SET, candles), design, volumesOf(candles)));
  },
};

function volumesOf(candles: CandlesByTimeframe): Record<string, Float64Array> {
  return Object.fromEntries(Object.entries(candles).map(([timeframe, { volume }]) => [timeframe, volume]));
}

function digestOfGraph(graph: Graph): number {
  const { nodes, nodeTimeframe, nodeRow, nodeOpenTime, knownAt, senders, receivers, edgeType, edgeWeight } =
    graph;
  return digestOfAll(
    ...[nodes, nodeTimeframe, nodeRow, nodeOpenTime, knownAt, senders, receivers, edgeType, edgeWeight],
  );
}

const window: CandlesSubject = {
  name: "graph/window",
  covers: ["buildGraphFromOhlcv", "toGraphml"],
  takes: "candles",
  every: 50,
  instants: 24,
  run(candles, setting) {
    const asked = askedAt(baseOf(candles, setting), 12);
    const design = { ...drawnDesign(setting), weights: "volume" as const };
    const graphs = Array.from(asked, (asOf) =>
      buildGraphFromOhlcv(candles, { design, asOf, indicators: SMALL_SET }),
    );
    return [
      statedWhenAsked("nodes", asked, (_, i) => graphs[i]!.knownAt.length),
      statedWhenAsked("edges", asked, (_, i) => graphs[i]!.senders.length),
      statedWhenAsked("graph", asked, (_, i) => digestOfGraph(graphs[i]!)),
      // One document says as much as all of them: it is made from the graph alone.
      statedWhenAsked("document", asked.subarray(0, 1), (_, i) => digestOfAll(toGraphml(graphs[i]!))),
    ];
  },
};

/** A design of any timeframes on those of a history: what it relates stays, its windows go along from fine to coarse. */
function onTimeframes(
  { timeframes: own, windows, ...rest }: GraphDesign,
  { timeframes }: Setting,
): GraphDesign {
  const window = (i: number): number => windows[own[Math.min(i, own.length - 1)]!]!;
  return defaultDesign(timeframes, {
    ...rest,
    windows: Object.fromEntries(timeframes.map((timeframe, i) => [timeframe, window(i)])),
  });
}

/** Every design that has a name. */
const designs = Object.entries(DESIGNS).map(([name, design]): CandlesSubject => ({
  name: `graph/design/${name}`,
  covers: ["historyGraph"],
  takes: "candles",
  every: 12,
  instants: MANY,
  run: (candles, setting) =>
    statedGraph(
      historyGraph(featureTables(SMALL_SET, candles), onTimeframes(design, setting), volumesOf(candles)),
    ),
}));

export const GRAPH_SUBJECTS: readonly Subject[] = [history, window, ...designs];
