import { CLIP } from "../encoder/scaler.ts";
import type { GnnModel } from "../encoder/gnn/gnn-model.ts";
import type { Graph } from "../graph/graph.ts";

/**
 * The embedding at instant t by the formulas, over an explicit graph whatever its numbering: every layer for every
 * node, windows by looking, everything in double precision. Slow and obvious: the twin of encodeHistory, equal to
 * the rounding of float32.
 */
export function naiveEmbedding(model: GnnModel, graph: Graph, t: number): number[] {
  const { shape, design, weights } = model;
  let h = scaledNodes(model, graph);
  for (let layer = 0; layer < shape.layers; layer++) h = naiveLayer(model, graph, h, layer);
  const readouts = design.timeframes.flatMap((timeframe, index) => {
    const known = nodesOf(graph, index).filter((node) => graph.knownAt[node]! <= t);
    const states = known.map((node) => h[node]!);
    return shape.readout.flatMap((kind) => {
      const window = design.windows[timeframe]!;
      if (kind === "last") return states[states.length - 1]!;
      if (kind === "mean") return weightedMean(states.slice(-window), () => 1);
      const alpha = 2 / (window / 2 + 1);
      return weightedMean(states, (age) => (1 - alpha) ** age);
    });
  });
  const projected = times(readouts, weights["projection.weight"]!, shape.dim).map(
    (x, d) => x + weights["projection.bias"]![d]!,
  );
  const mean = projected.reduce((a, b) => a + b, 0) / shape.dim;
  const centred = projected.map((x) => x - mean);
  const length = Math.sqrt(centred.reduce((sum, x) => sum + x * x, 0));
  return centred.map((x) => x / length);
}

function naiveLayer({ shape, weights }: GnnModel, graph: Graph, h: number[][], layer: number): number[][] {
  return h.map((own, node) => {
    const incoming = [...graph.receivers.keys()].filter((e) => graph.receivers[e] === node);
    const total = incoming.reduce((sum, e) => sum + graph.edgeWeight[e]!, 0);
    const heard = own.map((_, k) =>
      incoming.reduce((sum, e) => sum + (graph.edgeWeight[e]! * h[graph.senders[e]!]![k]!) / total, 0),
    );
    const a = times(own, weights[`layer${layer}.self`]!, shape.hidden);
    const b = times(heard, weights[`layer${layer}.neighbours`]!, shape.hidden);
    const bias = weights[`layer${layer}.bias`]!;
    return a.map((x, j) => Math.max(0, x + b[j]! + bias[graph.nodeTimeframe[node]! * shape.hidden + j]!));
  });
}

function scaledNodes({ shape, scaler }: GnnModel, graph: Graph): number[][] {
  return Array.from(graph.knownAt, (_, node) => {
    const { mean, sd } = scaler[graph.timeframes[graph.nodeTimeframe[node]!]!]!;
    return Array.from({ length: shape.features }, (_, f) => {
      const x = graph.nodes[node * shape.features + f]!;
      return Number.isNaN(x) ? 0 : Math.min(CLIP, Math.max(-CLIP, (x - mean[f]!) / sd[f]!));
    });
  });
}

/** Nodes of a timeframe in the order of their rows. */
function nodesOf(graph: Graph, timeframe: number): number[] {
  return [...graph.nodeTimeframe.keys()]
    .filter((node) => graph.nodeTimeframe[node] === timeframe)
    .sort((a, b) => graph.nodeRow[a]! - graph.nodeRow[b]!);
}

/** Mean over states, the newest last and of age 0. */
function weightedMean(states: readonly number[][], weight: (age: number) => number): number[] {
  const weights = states.map((_, i) => weight(states.length - 1 - i));
  const total = weights.reduce((a, b) => a + b, 0);
  return states[0]!.map((_, k) =>
    states.reduce((sum, state, i) => sum + (weights[i]! * state[k]!) / total, 0),
  );
}

/** x [K] times row-major [K, J]. */
function times(x: readonly number[], matrix: Float32Array, columns: number): number[] {
  return Array.from({ length: columns }, (_, j) =>
    x.reduce((sum, xk, k) => sum + xk * matrix[k * columns + j]!, 0),
  );
}
