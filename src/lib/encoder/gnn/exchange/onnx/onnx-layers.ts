import { EDGE_KINDS } from "../../../../graph/graph.ts";
import { EDGE_ATTRIBUTES, layerInputs, type GnnModel } from "../../gnn-model.ts";
import type { OnnxGraph, Value } from "./onnx-graph.ts";

// N nodes, E edges, F features, H hidden, C = H / heads, A edge attributes

const LEAK = 0.2;
const LEAST = -3e38;

/** One layer over all nodes, [N, inputs] to [N, H]: the formulas of kernels/, with gather and scatter. */
export function onnxLayer(graph: OnnxGraph, model: GnnModel, layer: number, x: Value): Value {
  const of = new LayerGraph(graph, model, layer, x);
  return graph.op("Relu", [of.combined()]);
}

class LayerGraph {
  readonly #graph: OnnxGraph;
  readonly #model: GnnModel;
  readonly #layer: number;
  readonly #x: Value;
  readonly #inputs: number;

  constructor(graph: OnnxGraph, model: GnnModel, layer: number, x: Value) {
    this.#graph = graph;
    this.#model = model;
    this.#layer = layer;
    this.#x = x;
    this.#inputs = layerInputs(model.shape, layer);
  }

  combined(): Value {
    const { layer } = this.#model.shape;
    switch (layer) {
      case "sage":
        return this.#withSelf(this.#times(this.#mean(this.#weight()), "neighbours"));
      case "sage-max":
        return this.#withSelf(
          this.#times(this.#most(this.#fromSenders(this.#x), this.#inputs), "neighbours"),
        );
      case "relational":
        return EDGE_KINDS.reduce(
          (sum, kind, index) =>
            this.#add(sum, this.#times(this.#mean(this.#ofKind(index)), `neighbours.${kind}`)),
          this.#withSelf(null),
        );
      case "gin":
      case "gine":
        return this.#isomorphism(layer === "gine");
      case "gat":
      case "gatv2":
        return this.#withSelf(this.#attended(layer === "gat" ? this.#gatScores() : this.#gatv2Scores()));
    }
  }

  #kept(name: string, shape?: readonly number[]): Value {
    const full = `layer${this.#layer}.${name}`;
    const values = this.#model.weights[full]!;
    const { hidden } = this.#model.shape;
    return this.#graph.weights(values, shape ?? [values.length / hidden, hidden], full);
  }
  #add(a: Value, b: Value): Value {
    return this.#graph.op("Add", [a, b]);
  }
  #times(x: Value, name: string): Value {
    return this.#graph.op("MatMul", [x, this.#kept(name)]);
  }
  #bias(name = "bias"): Value {
    return this.#graph.op("Gather", [this.#kept(name), this.#graph.input("timeframe", "int64", ["N"])]);
  }
  /** x · self + bias of the timeframe, and what neighbours say. */
  #withSelf(neighbours: Value | null): Value {
    const own = this.#add(this.#times(this.#x, "self"), this.#bias());
    return neighbours === null ? own : this.#add(own, neighbours);
  }
  #ends(name: "senders" | "receivers"): Value {
    return this.#graph.input(name, "int64", ["E"]);
  }
  #fromSenders(values: Value): Value {
    return this.#graph.op("Gather", [values, this.#ends("senders")]);
  }
  #fromReceivers(values: Value): Value {
    return this.#graph.op("Gather", [values, this.#ends("receivers")]);
  }
  #attributes(): Value {
    return this.#graph.input("edgeAttributes", "float", ["E", EDGE_ATTRIBUTES]);
  }

  /** Weights of edges [E, 1]. */
  #weight(): Value {
    const graph = this.#graph;
    if (this.#model.design.weights === "none") {
      const edges = graph.op("Shape", [graph.op("Unsqueeze", [this.#ends("senders"), graph.whole(1)])]);
      return graph.op("Expand", [graph.scalar(1), edges]);
    }
    return graph.op("Unsqueeze", [graph.input("edgeWeights", "float", ["E"]), graph.whole(1)]);
  }

  /** Weights of edges of one kind, 0 for the others. */
  #ofKind(kind: number): Value {
    const graph = this.#graph;
    const same = graph.op("Equal", [graph.input("edgeType", "int64", ["E"]), graph.scalar(kind, "int64")]);
    const chosen = graph.op("Unsqueeze", [graph.op("Cast", [same], { to: 1 }), graph.whole(1)]);
    return graph.op("Mul", [this.#weight(), chosen]);
  }

  /** Values of edges [E, columns], brought together at their receivers: [N, columns]. */
  #scatter(values: Value, columns: number, reduction: "add" | "max", initial: number): Value {
    const graph = this.#graph;
    const nodes = graph.op("Shape", [graph.input("timeframe", "int64", ["N"])]);
    const shape = graph.op("Concat", [nodes, graph.whole(columns)], { axis: 0 });
    const start = graph.op("Expand", [graph.scalar(initial), shape]);
    const at = graph.op("Unsqueeze", [this.#ends("receivers"), graph.whole(1)]);
    return graph.op("ScatterND", [start, at, values], { reduction });
  }

  #sum(values: Value, columns: number): Value {
    return this.#scatter(values, columns, "add", 0);
  }

  /** Weighted mean of what senders are, 0 where there is none. */
  #mean(weight: Value): Value {
    const graph = this.#graph;
    const sums = this.#sum(graph.op("Mul", [this.#fromSenders(this.#x), weight]), this.#inputs);
    const totals = this.#sum(weight, 1);
    const isNone = graph.op("Equal", [totals, graph.scalar(0)]);
    return graph.op("Div", [sums, graph.op("Where", [isNone, graph.scalar(1), totals])]);
  }

  /** Largest of the values at each receiver, 0 where there is none. */
  #most(values: Value, columns: number): Value {
    const graph = this.#graph;
    const most = this.#scatter(values, columns, "max", LEAST);
    const isNone = graph.op("LessOrEqual", [most, graph.scalar(LEAST)]);
    return graph.op("Where", [isNone, graph.scalar(0), most]);
  }

  #isomorphism(withAttributes: boolean): Value {
    const graph = this.#graph;
    let messages = this.#fromSenders(this.#x);
    if (withAttributes) {
      const edge = this.#kept("edge", [EDGE_ATTRIBUTES, this.#inputs]);
      messages = graph.op("Relu", [this.#add(messages, graph.op("MatMul", [this.#attributes(), edge]))]);
    }
    const sum = this.#sum(graph.op("Mul", [messages, this.#weight()]), this.#inputs);
    const own = graph.op("Mul", [this.#x, graph.op("Add", [this.#kept("eps", [1, 1]), graph.scalar(1)])]);
    const first = this.#add(this.#times(this.#add(own, sum), "first"), this.#bias("firstBias"));
    return this.#add(this.#times(graph.op("Relu", [first]), "second"), this.#kept("secondBias"));
  }

  /** [rows, H] as [rows, heads, C]. */
  #byHead(values: Value): Value {
    const { heads, hidden } = this.#model.shape;
    return this.#graph.op("Reshape", [values, this.#graph.whole(-1, heads, hidden / heads)]);
  }

  /** Dot products with a vector per head: [rows, H] to [rows, heads]. */
  #scored(values: Value, name: string): Value {
    const graph = this.#graph;
    const { heads, hidden } = this.#model.shape;
    const vector = this.#kept(name, [1, heads, hidden / heads]);
    const products = graph.op("Mul", [this.#byHead(values), vector]);
    return graph.op("ReduceSum", [products, graph.whole(2)], { keepdims: 0 });
  }

  #gatScores(): { readonly scores: Value; readonly value: Value } {
    const graph = this.#graph;
    const value = this.#times(this.#x, "value");
    const ends = this.#add(
      this.#fromSenders(this.#scored(value, "sender")),
      this.#fromReceivers(this.#scored(value, "receiver")),
    );
    const edge = this.#scored(graph.op("MatMul", [this.#attributes(), this.#kept("edge")]), "attendEdge");
    return { value, scores: graph.op("LeakyRelu", [this.#add(ends, edge)], { alpha: { float: LEAK } }) };
  }

  #gatv2Scores(): { readonly scores: Value; readonly value: Value } {
    const graph = this.#graph;
    const value = this.#times(this.#x, "value");
    const ends = this.#add(this.#fromSenders(value), this.#fromReceivers(this.#times(this.#x, "query")));
    const all = this.#add(ends, graph.op("MatMul", [this.#attributes(), this.#kept("edge")]));
    const bent = graph.op("LeakyRelu", [all], { alpha: { float: LEAK } });
    return { value, scores: this.#scored(bent, "attend") };
  }

  /** Softmax over the edges into a node, per head, times what their senders are: [N, H]. */
  #attended({ scores, value }: { readonly scores: Value; readonly value: Value }): Value {
    const graph = this.#graph;
    const { heads, hidden } = this.#model.shape;
    const most = this.#fromReceivers(this.#most(scores, heads));
    const raised = graph.op("Exp", [graph.op("Sub", [scores, most])]);
    const shares = graph.op("Div", [raised, this.#fromReceivers(this.#sum(raised, heads))]);
    const messages = graph.op("Mul", [
      this.#byHead(this.#fromSenders(value)),
      graph.op("Unsqueeze", [shares, graph.whole(2)]),
    ]);
    return this.#sum(graph.op("Reshape", [messages, graph.whole(-1, hidden)]), hidden);
  }
}
