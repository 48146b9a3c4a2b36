import { csrByReceiver } from "../../graph/csr.ts";
import { buildEdges } from "../../graph/edges.ts";
import { edgeWeights } from "../../graph/edge-weights.ts";
import { nodeOrder } from "../../graph/node-order.ts";
import { RhymeError } from "../../errors.ts";
import type { FeatureTable, FeatureTables } from "../../features/feature.ts";
import { scaleRows } from "../scaler.ts";
import { keptWidth, readsEdges, type GnnModel } from "./gnn-model.ts";

/**
 * The nodes of a history graph with their incoming edges and what each layer says about them, in the order
 * (knownAt, fine to coarse): every edge runs from a lower number to a higher one, so node n needs only what is
 * before it. Arrays may be longer than `count` (the live path grows them by doubling).
 *
 * N = count nodes, E edges, F features, H hidden, T timeframes, K numbers kept of a node.
 */
export interface GnnNodes {
  count: number;
  timeframe: Uint8Array; // [N]
  knownAt: Float64Array; // [N]
  offsets: Int32Array; // [N + 1] edges into node n: offsets[n] … offsets[n + 1] − 1
  senders: Int32Array; // [E]
  /** [E], or null where all edges weigh the same. */
  weights: Float64Array | null;
  edgeKind: Uint8Array; // [E] index into EDGE_KINDS
  /** [E] `timeWeight`, or null where the layers do not read it. */
  edgeTime: Float64Array | null;
  inputs: Float32Array; // [N, F] scaled
  hidden: Float32Array[]; // L × [N, H]
  kept: Float32Array[]; // L × [N, K]
  /** Node of every row, per timeframe. */
  nodeOf: Int32Array[]; // T × [rows]
  rows: Int32Array; // [T] how many rows each timeframe has
}

/** The tables of a model's timeframes, fine to coarse. @throws RhymeError "mismatch" for other features. */
export function tablesOf(
  tables: FeatureTables,
  timeframes: readonly string[],
  names: readonly string[],
): FeatureTable[] {
  return timeframes.map((timeframe) => {
    const table = tables[timeframe];
    if (table && table.names.join() === names.join()) return table;
    throw new RhymeError("mismatch", {
      place: `features of ${timeframe}`,
      expected: names.join(", "),
      received: table ? table.names.join(", ") : "no such table",
      remedy: "Compute all tables with the feature set and the timeframes of the encoder.",
    });
  });
}

/** Nodes and edges of whole tables, scaled, with room for the hidden layers. */
export function gnnNodes(
  columns: readonly FeatureTable[],
  model: Pick<GnnModel, "shape" | "design" | "scaler">,
): GnnNodes {
  const { shape, design, scaler } = model;
  const order = nodeOrder(columns);
  const edges = buildEdges(columns, order, design);
  const count = order.nodeRow.length;
  const inputs = new Float32Array(count * shape.features);
  for (let n = 0; n < count; n++) {
    const table = columns[order.nodeTimeframe[n]!]!;
    const row = order.nodeRow[n]!;
    scaleRows(table.values, scaler[table.timeframe]!, row, row + 1, inputs, n * shape.features);
  }
  return {
    count,
    timeframe: order.nodeTimeframe,
    knownAt: order.knownAt,
    offsets: csrByReceiver({ receivers: edges.receivers, knownAt: order.knownAt }),
    senders: edges.senders,
    weights: design.weights === "none" ? null : edgeWeights(edges, order, design),
    edgeKind: edges.edgeType,
    edgeTime: readsEdges(shape.layer)
      ? edgeWeights(edges, order, { ...design, weights: "timeDistance" })
      : null,
    inputs,
    hidden: Array.from({ length: shape.layers }, () => new Float32Array(count * shape.hidden)),
    kept: Array.from({ length: shape.layers }, () => new Float32Array(count * keptWidth(shape))),
    nodeOf: [...order.nodeOf],
    rows: Int32Array.from(columns, (table) => table.knownAt.length),
  };
}
