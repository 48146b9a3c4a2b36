import { EDGE_KINDS } from "../../../graph/graph.ts";
import { EDGE_ATTRIBUTES, layerInputs, type GnnModel } from "../gnn-model.ts";
import { padded } from "./message-passing.ts";
import { attentionLayer, type AttentionPlan } from "./native-attention.ts";

/** Which incoming edges a part of the input is gathered from, and how. */
export interface GatherPart {
  readonly how: "mean" | "sum" | "max" | "edges";
  /** Index into EDGE_KINDS, or all. */
  readonly edges: number | "all";
  /** With "edges", what each attribute adds before relu, [A, width]. */
  readonly attributes?: Float32Array;
}

/**
 * One layer as gathers and products: x = [own | gathered …], y = relu(x · W + bias[timeframe]), then the same again
 * where there is a `second`. All rows and columns are padded with zeros to multiples of 16.
 */
export interface LayerPlan {
  readonly width: number; // of a state of the layer below
  readonly gathers: readonly GatherPart[];
  readonly inputs: number; // K = (1 + gathers) · width
  readonly outputs: number; // J
  readonly weights: Float32Array; // [K, J]
  readonly bias: Float32Array; // [T, J]
  readonly second: { readonly weights: Float32Array; readonly bias: Float32Array } | null; // [J, J], [1, J]
  /** Where set, y is without relu, and what comes of it is of this width. */
  readonly attention: (AttentionPlan & { readonly states: number }) | null;
}

/** How a layer is computed by gathers and products, whatever its kind. */
export function layerPlan(model: GnnModel, layer: number): LayerPlan {
  const { shape, weights } = model;
  const of = (name: string): Float32Array => weights[`layer${layer}.${name}`]!;
  switch (shape.layer) {
    case "sage":
    case "sage-max": {
      const how = shape.layer === "sage" ? "mean" : "max";
      return planOf(model, layer, [{ how, edges: "all" }], [of("self"), of("neighbours")], of("bias"));
    }
    case "relational": {
      const gathers = EDGE_KINDS.map((_, edges): GatherPart => ({ how: "mean", edges }));
      const parts = EDGE_KINDS.map((kind) => of(`neighbours.${kind}`));
      return planOf(model, layer, gathers, [of("self"), ...parts], of("bias"));
    }
    case "gin":
    case "gine": {
      // (1 + eps) h · first + sum · first
      const own = of("first").map((w) => (1 + of("eps")[0]!) * w);
      const plan = planOf(model, layer, [sumOf(model, layer)], [own, of("first")], of("firstBias"));
      const { hidden } = shape;
      const second = paddedMatrix(of("second"), hidden, hidden, plan.outputs, plan.outputs);
      return {
        ...plan,
        second: { weights: second, bias: paddedMatrix(of("secondBias"), 1, hidden, 1, plan.outputs) },
      };
    }
    case "gat":
    case "gatv2": {
      const { attention, ...product } = attentionLayer(model, layer);
      const width = padded(layerInputs(shape, layer));
      const states = padded(shape.hidden);
      return { ...product, width, gathers: [], second: null, attention: { ...attention, states } };
    }
  }
}

function sumOf({ shape, weights }: GnnModel, layer: number): GatherPart {
  if (shape.layer === "gin") return { how: "sum", edges: "all" };
  const inputs = layerInputs(shape, layer);
  const edge = weights[`layer${layer}.edge`]!;
  const attributes = paddedMatrix(edge, EDGE_ATTRIBUTES, inputs, EDGE_ATTRIBUTES, padded(inputs));
  return { how: "edges", edges: "all", attributes };
}

function planOf(
  { shape }: GnnModel,
  layer: number,
  gathers: readonly GatherPart[],
  parts: readonly Float32Array[],
  bias: Float32Array,
): LayerPlan {
  const inputs = layerInputs(shape, layer);
  const width = padded(inputs);
  const outputs = padded(shape.hidden);
  const weights = new Float32Array(parts.length * width * outputs);
  parts.forEach((part, p) =>
    weights.set(paddedMatrix(part, inputs, shape.hidden, width, outputs), p * width * outputs),
  );
  return {
    ...{ width, gathers, weights, outputs, inputs: parts.length * width, second: null, attention: null },
    bias: paddedMatrix(bias, shape.timeframes, shape.hidden, shape.timeframes, outputs),
  };
}

/** [rows, columns] within zeros [paddedRows, paddedColumns]. */
export function paddedMatrix(
  matrix: Float32Array,
  rows: number,
  columns: number,
  paddedRows: number,
  paddedColumns: number,
): Float32Array {
  const out = new Float32Array(paddedRows * paddedColumns);
  for (let row = 0; row < rows; row++)
    out.set(matrix.subarray(row * columns, (row + 1) * columns), row * paddedColumns);
  return out;
}
