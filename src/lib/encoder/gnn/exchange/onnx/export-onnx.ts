import { RhymeError } from "../../../../errors.ts";
import type { GnnModel } from "../../gnn-model.ts";
import { OnnxGraph, type Value } from "./onnx-graph.ts";
import { onnxLayer } from "./onnx-layers.ts";
import { onnxReadouts } from "./onnx-readouts.ts";

/** Operator sets whose ScatterND can add and take the largest, as far as was tried. */
export const OPSETS = { least: 18, most: 21 } as const;

const EPSILON = 1e-5;

/**
 * An encoder as an ONNX model over a whole history: what `historyTensors` makes goes in (floats as float32, whole
 * numbers as int64; only what its layers need), `embeddings` [A, D] come out.
 * @throws RhymeError "usage" for an operator set without what is needed
 */
export function exportOnnx(model: GnnModel, version: string, opset: number = OPSETS.least): Uint8Array {
  if (!Number.isInteger(opset) || opset < OPSETS.least || opset > OPSETS.most)
    throw new RhymeError("usage", {
      place: "--opset",
      expected: `${OPSETS.least} to ${OPSETS.most}: ScatterND takes the largest of several values from ${OPSETS.least} on`,
      received: String(opset),
      remedy: `Use a runtime that knows opset ${OPSETS.least} (onnxruntime 1.14 and newer), or export safetensors.`,
    });
  const { shape, weights } = model;
  const graph = new OnnxGraph();
  let h: Value = graph.input("x", "float", ["N", shape.features]);
  for (let layer = 0; layer < shape.layers; layer++) h = onnxLayer(graph, model, layer, h);
  const parts = Array.from({ length: shape.timeframes }, (_, t) => onnxReadouts(graph, model, t, h)).flat();
  const read = graph.op("Concat", parts, { axis: 1 });
  const width = weights["projection.weight"]!.length / shape.dim;
  const weight = graph.weights(weights["projection.weight"]!, [width, shape.dim], "projection.weight");
  const bias = graph.weights(weights["projection.bias"]!, [shape.dim], "projection.bias");
  const projected = graph.op("Add", [graph.op("MatMul", [read, weight]), bias]);
  graph.output("embeddings", unitLength(graph, projected, shape.dim), ["A", shape.dim]);
  return graph.model(opset, { "rhyme.version": version, "rhyme.kind": shape.layer });
}

/** LayerNorm without gain, then unit length; equal numbers point nowhere better than anywhere. */
function unitLength(graph: OnnxGraph, x: Value, dim: number): Value {
  const last = graph.whole(1);
  const centred = graph.op("Sub", [x, graph.op("ReduceMean", [x, last])]);
  const squares = graph.op("ReduceMean", [graph.op("Mul", [centred, centred]), last]);
  const spread = graph.op("Sqrt", [graph.op("Add", [squares, graph.scalar(EPSILON)])]);
  const scaled = graph.op("Div", [centred, spread]);
  const length = graph.op("Sqrt", [graph.op("ReduceSum", [graph.op("Mul", [scaled, scaled]), last])]);
  const isNone = graph.op("Equal", [length, graph.scalar(0)]);
  const divided = graph.op("Div", [scaled, graph.op("Where", [isNone, graph.scalar(1), length])]);
  return graph.op("Where", [isNone, graph.scalar(1 / Math.sqrt(dim)), divided]);
}
