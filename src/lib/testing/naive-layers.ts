import { layerShapes, type GnnModel, type LayerKind } from "../encoder/gnn/gnn-model.ts";
import { timeWeight } from "../graph/edge-weights.ts";
import { EDGE_KINDS, type Graph } from "../graph/graph.ts";
import { nominalWidth } from "../time/timeframe.ts";
import { mean, plus, relu, rowsOf, scaled, softmax, times } from "./naive-algebra.ts";

type Vector = readonly number[];

/** One incoming edge as a formula sees it: the sender's state, the weight, the attributes. */
interface Heard {
  readonly x: Vector;
  readonly weight: number;
  readonly kind: number;
  readonly attributes: Vector; // [A]
}

/** Weights of a layer by name, as rows. */
type Weights = (name: string) => readonly Vector[];

/** A layer before its outer relu: own state, what it hears, timeframe, weights → [H]. */
type Formula = (own: Vector, heard: readonly Heard[], t: number, weights: Weights) => number[];

/**
 * States of all nodes after layer number `layer`, node by node by the formula of its kind, over a graph in any numbering
 * and in double precision. Slow and obvious: the twin of the kernels.
 */
export function naiveLayer(model: GnnModel, graph: Graph, h: readonly Vector[], layer: number): number[][] {
  const shapes = layerShapes(model.shape);
  const weights: Weights = (name) => {
    const full = `layer${layer}.${name}`;
    return rowsOf(model.weights[full]!, shapes[full]![1]);
  };
  return h.map((own, node) => {
    const incoming = [...graph.receivers.keys()].filter((e) => graph.receivers[e] === node);
    const heard = incoming.map((e) => heardAlong(graph, h, e));
    return FORMULAS[model.shape.layer](own, heard, graph.nodeTimeframe[node]!, weights).map(relu);
  });
}

function heardAlong(graph: Graph, h: readonly Vector[], e: number): Heard {
  const [sender, receiver] = [graph.senders[e]!, graph.receivers[e]!];
  const coarser = Math.max(graph.nodeTimeframe[sender]!, graph.nodeTimeframe[receiver]!);
  const age = graph.knownAt[receiver]! - graph.knownAt[sender]!;
  const kind = graph.edgeType[e]!;
  const oneHot = EDGE_KINDS.map((_, k) => (k === kind ? 1 : 0));
  const time = timeWeight(age, nominalWidth(graph.timeframes[coarser]!));
  return { x: h[sender]!, weight: graph.edgeWeight[e]!, kind, attributes: [...oneHot, time] };
}

const meanOf = (heard: readonly Heard[], width: number): number[] =>
  mean(
    heard.map((one) => one.x),
    heard.map((one) => one.weight),
    width,
  );

const maxOf = (heard: readonly Heard[], width: number): number[] =>
  Array.from({ length: width }, (_, k) =>
    heard.length === 0 ? 0 : Math.max(...heard.map((one) => one.x[k]!)),
  );

function sage(aggregate: (heard: readonly Heard[], width: number) => number[]): Formula {
  return (own, heard, t, weights) =>
    plus(
      times(own, weights("self")),
      times(aggregate(heard, own.length), weights("neighbours")),
      weights("bias")[t]!,
    );
}

const relational: Formula = (own, heard, t, weights) => {
  const ofKind = EDGE_KINDS.map((name, kind) => {
    const those = heard.filter((one) => one.kind === kind);
    return times(meanOf(those, own.length), weights(`neighbours.${name}`));
  });
  return plus(times(own, weights("self")), ...ofKind, weights("bias")[t]!);
};

function gin(message: (one: Heard, weights: Weights) => Vector): Formula {
  return (own, heard, t, weights) => {
    const eps = weights("eps")[0]![0]!;
    const messages = heard.map((one) => scaled(one.weight, message(one, weights)));
    const sum = plus(scaled(1 + eps, own), ...messages);
    const middle = plus(times(sum, weights("first")), weights("firstBias")[t]!).map(relu);
    return plus(times(middle, weights("second")), weights("secondBias")[0]!);
  };
}

/** `score` says how well one head hears one edge; `perHead` names a weight that has a row for each head. */
function attention(
  perHead: string,
  score: (own: Vector, one: Heard, weights: Weights, head: number) => number,
): Formula {
  return (own, heard, t, weights) => {
    const base = plus(times(own, weights("self")), weights("bias")[t]!);
    if (heard.length === 0) return base;
    const heads = weights(perHead).flatMap((vector, head) => {
      const shares = softmax(heard.map((one) => score(own, one, weights, head)));
      const values = heard.map((one) => ofHead(times(one.x, weights("value")), head, vector.length));
      return plus(...values.map((value, e) => scaled(shares[e]!, value)));
    });
    return plus(base, heads);
  };
}

const leakyRelu = (x: number): number => (x > 0 ? x : 0.2 * x);
const dot = (a: Vector, b: Vector): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const ofHead = (values: Vector, head: number, C: number): Vector => values.slice(head * C, (head + 1) * C);

const gat = attention("sender", (own, one, weights, head) => {
  const part = (name: string, values: Vector): number => {
    const vector = weights(name)[head]!;
    return dot(vector, ofHead(values, head, vector.length));
  };
  return leakyRelu(
    part("sender", times(one.x, weights("value"))) +
      part("receiver", times(own, weights("value"))) +
      part("attendEdge", times(one.attributes, weights("edge"))),
  );
});

const gatv2 = attention("attend", (own, one, weights, head) => {
  const attend = weights("attend")[head]!;
  const parts = [
    times(own, weights("query")),
    times(one.x, weights("value")),
    times(one.attributes, weights("edge")),
  ];
  return dot(attend, ofHead(plus(...parts).map(leakyRelu), head, attend.length));
});

const FORMULAS: Readonly<Record<LayerKind, Formula>> = {
  sage: sage(meanOf),
  "sage-max": sage(maxOf),
  relational,
  gin: gin((one) => one.x),
  gine: gin((one, weights) => plus(one.x, times(one.attributes, weights("edge"))).map(relu)),
  gat,
  gatv2,
};
