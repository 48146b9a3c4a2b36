import type { GnnModel } from "../../gnn-model.ts";
import type { ReadoutKind } from "../../readout.ts";
import type { OnnxGraph, Value } from "./onnx-graph.ts";

// A anchors, R rows of one timeframe, H hidden

const DOUBLE = { to: 11 };
const FLOAT = { to: 1 };
const SCORE_LIMIT = 8;
/** What is forgotten to a share below this no longer counts. */
const FORGOTTEN = 1e-20;

/** Readouts of one timeframe at every anchor, [A, R kinds · H]; prefix sums run in double precision. */
export function onnxReadouts(graph: OnnxGraph, model: GnnModel, t: number, top: Value): Value[] {
  const { shape, design } = model;
  const rows = graph.op("Gather", [top, graph.input(`nodeOf.${t}`, "int64", [`rows.${t}`])]);
  const counts = graph.input("counts", "int64", ["A", shape.timeframes]);
  const end = graph.op("Gather", [counts, graph.scalar(t, "int64")], { axis: 1 });
  const window = design.windows[design.timeframes[t]!]!;
  return shape.readout.map((kind) => readout(graph, model, t, kind, { rows, end, window }));
}

interface Rows {
  readonly rows: Value; // [R, H]
  readonly end: Value; // [A]
  readonly window: number;
}

function readout(graph: OnnxGraph, model: GnnModel, t: number, kind: ReadoutKind, of: Rows): Value {
  const { rows, end, window } = of;
  const { hidden } = model.shape;
  switch (kind) {
    case "last":
      return graph.op("Gather", [rows, graph.op("Sub", [end, graph.scalar(1, "int64")])]);
    case "mean":
      return overWindow(graph, graph.op("Cast", [rows], DOUBLE), ones(graph, rows), of, hidden);
    case "decay": {
      const both = graph.op("Concat", [graph.op("Cast", [rows], DOUBLE), ones(graph, rows)], { axis: 1 });
      const decayed = faded(graph, both, 1 - 2 / (window / 2 + 1));
      const at = graph.op("Gather", [decayed, graph.op("Sub", [end, graph.scalar(1, "int64")])]);
      return divided(graph, at, hidden);
    }
    case "attention": {
      const { weights } = model;
      const vector = graph.weights(
        weights["readout.attention"]!.slice(t * hidden, (t + 1) * hidden),
        [hidden, 1],
        `readout.attention.${t}`,
      );
      const bias = graph.scalar(weights["readout.attentionBias"]![t]!);
      const score = graph.op("Add", [graph.op("MatMul", [rows, vector]), bias]);
      const limit = graph.scalar(SCORE_LIMIT);
      const bounded = graph.op("Mul", [graph.op("Tanh", [graph.op("Div", [score, limit])]), limit]);
      const weight = graph.op("Exp", [graph.op("Cast", [bounded], DOUBLE)]);
      const weighted = graph.op("Mul", [graph.op("Cast", [rows], DOUBLE), weight]);
      return overWindow(graph, weighted, weight, of, hidden);
    }
  }
}

/** A one for each row, double, [R, 1]. */
function ones(graph: OnnxGraph, rows: Value): Value {
  const count = graph.op("Slice", [graph.op("Shape", [rows]), graph.whole(0), graph.whole(1)]);
  const shape = graph.op("Concat", [count, graph.whole(1)], { axis: 0 });
  return graph.op("Expand", [graph.scalar(1, "double"), shape]);
}

/** Sums of values [R, H] over each anchor's window, divided by those of their weights [R, 1]: [A, H]. */
function overWindow(
  graph: OnnxGraph,
  values: Value,
  weights: Value,
  { end, window }: Rows,
  hidden: number,
): Value {
  const both = graph.op("Concat", [values, weights], { axis: 1 });
  const sums = graph.op("CumSum", [both, graph.scalar(0, "int64")]);
  const nothing = graph.op("Expand", [graph.scalar(0, "double"), graph.whole(1, hidden + 1)]);
  const before = graph.op("Concat", [nothing, sums], { axis: 0 }); // [R + 1, H + 1]
  const begin = graph.op("Max", [
    graph.op("Sub", [end, graph.scalar(window, "int64")]),
    graph.scalar(0, "int64"),
  ]);
  const inside = graph.op("Sub", [graph.op("Gather", [before, end]), graph.op("Gather", [before, begin])]);
  return divided(graph, inside, hidden);
}

/** The first H columns by the last one, as floats. */
function divided(graph: OnnxGraph, values: Value, hidden: number): Value {
  const columns = (from: number, to: number): Value =>
    graph.op("Slice", [values, graph.whole(from), graph.whole(to), graph.whole(1)]);
  return graph.op("Cast", [graph.op("Div", [columns(0, hidden), columns(hidden, hidden + 1)])], FLOAT);
}

/** Σ keep^age · row over all rows so far, in log₂ steps: what 2^s rows sum to is added to those 2^s later. */
function faded(graph: OnnxGraph, rows: Value, keep: number): Value {
  const count = graph.op("Slice", [graph.op("Shape", [rows]), graph.whole(0), graph.whole(1)]);
  let sums = rows;
  for (let shift = 1, share = keep; share > FORGOTTEN; shift *= 2, share *= share) {
    const width = graph.op("Slice", [graph.op("Shape", [rows]), graph.whole(1), graph.whole(2)]);
    const shape = graph.op("Concat", [graph.whole(shift), width], { axis: 0 });
    const nothing = graph.op("Expand", [graph.scalar(0, "double"), shape]);
    const moved = graph.op("Slice", [
      graph.op("Concat", [nothing, sums], { axis: 0 }),
      graph.whole(0),
      count,
      graph.whole(0),
    ]);
    sums = graph.op("Add", [sums, graph.op("Mul", [moved, graph.scalar(share, "double")])]);
  }
  return sums;
}
