import type { FeatureTable } from "../../../features/feature.ts";
import { buildEdges } from "../../../graph/edges.ts";
import { edgeWeights } from "../../../graph/edge-weights.ts";
import { EDGE_KINDS } from "../../../graph/graph.ts";
import { nodeOrder } from "../../../graph/node-order.ts";
import type { Tensor } from "../../safetensors.ts";
import { scaleRows } from "../../scaler.ts";
import { findAnchors } from "../anchors.ts";
import { EDGE_ATTRIBUTES, type GnnModel } from "../gnn-model.ts";

// N nodes, E edges, F features, A anchors, T timeframes

/**
 * What an encoder's layers and readouts are given of a history, for programs elsewhere (PyTorch Geometric, ONNX):
 * `x` [N, F] scaled, `timeframe` [N] fine to coarse, `senders`, `receivers`, `edgeType` [E], `edgeAttributes` [E, 4],
 * `edgeWeights` [E], `nodeOf.<t>` [rows] node of each row, `counts` [A, T] rows known at each anchor. Whole numbers
 * are doubles: safetensors keeps floats alone here.
 *
 * @param columns tables fine to coarse
 */
export function historyTensors(
  columns: readonly FeatureTable[],
  { shape, design, scaler, warmUp }: Pick<GnnModel, "shape" | "design" | "scaler" | "warmUp">,
): Record<string, Tensor> {
  const order = nodeOrder(columns);
  const edges = buildEdges(columns, order, design);
  const [N, E, F] = [order.nodeRow.length, edges.senders.length, shape.features];
  const x = new Float32Array(N * F);
  for (let n = 0; n < N; n++) {
    const { values, timeframe } = columns[order.nodeTimeframe[n]!]!;
    const row = order.nodeRow[n]!;
    scaleRows(values, scaler[timeframe]!, row, row + 1, x, n * F);
  }
  const ages = edgeWeights(edges, order, { timeframes: design.timeframes, weights: "timeDistance" });
  const attributes = new Float32Array(E * EDGE_ATTRIBUTES);
  for (let e = 0; e < E; e++) {
    attributes[e * EDGE_ATTRIBUTES + edges.edgeType[e]!] = 1;
    attributes[e * EDGE_ATTRIBUTES + EDGE_KINDS.length] = ages[e]!;
  }
  const { rows, counts } = findAnchors(columns, warmUp.first);
  const known = Float64Array.from({ length: rows.length * counts.length }, (_, i) => {
    return counts[i % counts.length]![Math.floor(i / counts.length)]!;
  });
  const whole = (values: ArrayLike<number>): Tensor => ({
    shape: [values.length],
    data: Float64Array.from(values),
  });
  return {
    x: { shape: [N, F], data: x },
    timeframe: whole(order.nodeTimeframe),
    senders: whole(edges.senders),
    receivers: whole(edges.receivers),
    edgeType: whole(edges.edgeType),
    edgeAttributes: { shape: [E, EDGE_ATTRIBUTES], data: attributes },
    edgeWeights: whole(edgeWeights(edges, order, design)),
    ...Object.fromEntries(order.nodeOf.map((nodes, t) => [`nodeOf.${t}`, whole(nodes)])),
    counts: { shape: [rows.length, counts.length], data: known },
  };
}
