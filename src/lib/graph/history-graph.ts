import { RhymeError } from "../errors.ts";
import type { FeatureTable, FeatureTables } from "../features/feature.ts";
import { assertDesign } from "./design.ts";
import { edgeWeights, type Volumes } from "./edge-weights.ts";
import { buildEdges } from "./edges.ts";
import type { Graph } from "./graph.ts";
import type { GraphDesign } from "./graph-design.ts";
import { nodeOrder, type NodeOrder } from "./node-order.ts";

/**
 * The whole history as one causal graph that only grows: N nodes are the rows of all tables, F their features.
 * Nodes are ordered by `knownAt`, at equal times fine to coarse; edges by receiver. Every edge runs forward, so
 * the graph of what was known at t is a prefix of the graph of everything, to the last bit.
 *
 * Temporal edges join rows of a timeframe, d rows apart (a missing bar is no row). Cross edges: crossLinks.
 * `volumes` are needed for weights by volume only.
 *
 * @throws RhymeError "usage" for a design that does not fit the tables, "time" for a knownAt column that descends.
 * @example historyGraph(featureTables(set, candles), defaultDesign(["5m", "1h"]))
 */
export function historyGraph(tables: FeatureTables, design: GraphDesign, volumes?: Volumes): Graph {
  assertDesign(design);
  const columns = design.timeframes.map((timeframe) => tableOf(tables, timeframe));
  const featureNames = columns[0]!.names;
  for (const table of columns) assertSameFeatures(featureNames, table);
  const order = nodeOrder(columns);
  const edges = buildEdges(columns, order, design);
  return {
    timeframes: design.timeframes,
    featureNames,
    nodes: gatherNodes(columns, order, featureNames.length),
    nodeTimeframe: order.nodeTimeframe,
    nodeRow: order.nodeRow,
    nodeOpenTime: Float64Array.from(
      order.nodeRow,
      (row, n) => columns[order.nodeTimeframe[n]!]!.openTime[row]!,
    ),
    knownAt: order.knownAt,
    ...edges,
    edgeWeight: edgeWeights(edges, order, design, volumes),
  };
}

function tableOf(tables: FeatureTables, timeframe: string): FeatureTable {
  const table = tables[timeframe];
  if (table) return table;
  throw new RhymeError("usage", {
    place: "graph design, timeframes",
    expected: `timeframes that have features (${Object.keys(tables).join(", ")})`,
    received: timeframe,
    remedy: "Compute the features of that timeframe, or leave it out of the design.",
  });
}

function assertSameFeatures(names: readonly string[], table: FeatureTable): void {
  if (table.names.join() === names.join()) return;
  throw new RhymeError("usage", {
    place: `features of ${table.timeframe}`,
    expected: `the same features on every timeframe: ${names.join(", ")}`,
    received: table.names.join(", "),
    remedy: "Compute all tables from one feature set.",
  });
}

function gatherNodes(tables: readonly FeatureTable[], order: NodeOrder, F: number): Float64Array {
  const nodes = new Float64Array(order.nodeRow.length * F); // [N, F]
  for (let n = 0; n < order.nodeRow.length; n++) {
    const values = tables[order.nodeTimeframe[n]!]!.values;
    const from = order.nodeRow[n]! * F;
    for (let f = 0; f < F; f++) nodes[n * F + f] = values[from + f]!;
  }
  return nodes;
}
