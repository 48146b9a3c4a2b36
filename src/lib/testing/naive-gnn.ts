import { CLIP } from "../encoder/scaler.ts";
import type { GnnModel } from "../encoder/gnn/gnn-model.ts";
import type { ReadoutKind } from "../encoder/gnn/readout.ts";
import type { Graph } from "../graph/graph.ts";
import { mean, plus, rowsOf, softmax, times } from "./naive-algebra.ts";
import { naiveLayer } from "./naive-layers.ts";

/**
 * The embedding at instant t by the formulas, over an explicit graph whatever its numbering: every layer for every
 * node, windows by looking, everything in double precision. Slow and obvious: the twin of encodeHistory, equal to
 * the rounding of float32.
 */
export function naiveEmbedding(model: GnnModel, graph: Graph, t: number): number[] {
  const { shape, design, weights } = model;
  let h = scaledNodes(model, graph);
  for (let layer = 0; layer < shape.layers; layer++) h = naiveLayer(model, graph, h, layer);
  const readouts = design.timeframes.flatMap((_, timeframe) => {
    const known = nodesOf(graph, timeframe).filter((node) => graph.knownAt[node]! <= t);
    const states = known.map((node) => h[node]!);
    return shape.readout.flatMap((kind) => naiveReadout(model, kind, timeframe, states));
  });
  const projection = rowsOf(weights["projection.weight"]!, shape.dim);
  const projected = plus(times(readouts, projection), [...weights["projection.bias"]!]);
  const middle = projected.reduce((a, b) => a + b, 0) / shape.dim;
  const centred = projected.map((x) => x - middle);
  const length = Math.sqrt(centred.reduce((sum, x) => sum + x * x, 0));
  return centred.map((x) => x / length);
}

/** What the states of one timeframe, the newest last, say together. */
function naiveReadout(
  { shape, design, weights }: GnnModel,
  kind: ReadoutKind,
  timeframe: number,
  states: readonly number[][],
): number[] {
  const H = shape.hidden;
  const window = design.windows[design.timeframes[timeframe]!]!;
  const shown = states.slice(-window);
  switch (kind) {
    case "last":
      return states[states.length - 1]!;
    case "mean":
      return mean(
        shown,
        shown.map(() => 1),
        H,
      );
    case "decay": {
      const alpha = 2 / (window / 2 + 1);
      const ages = states.map((_, i) => states.length - 1 - i);
      return mean(
        states,
        ages.map((age) => (1 - alpha) ** age),
        H,
      );
    }
    case "attention": {
      const vector = rowsOf(weights["readout.attention"]!, H)[timeframe]!;
      const bias = weights["readout.attentionBias"]![timeframe]!;
      const scores = shown.map((h) => h.reduce((sum, x, j) => sum + x * vector[j]!, bias));
      return mean(shown, softmax(scores.map((score) => 8 * Math.tanh(score / 8))), H);
    }
  }
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
