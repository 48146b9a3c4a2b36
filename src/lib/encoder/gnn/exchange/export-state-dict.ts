import type { Tensor } from "../../safetensors.ts";
import { weightShapes, type GnnModel } from "../gnn-model.ts";
import { pygMap } from "./state-dict-map.ts";

/** The weights under the names and in the shapes of scripts/pyg/rhyme_pyg.py: its `load_state_dict` takes them. */
export function exportStateDict({
  shape,
  weights,
}: Pick<GnnModel, "shape" | "weights">): Record<string, Tensor> {
  const shapes = weightShapes(shape);
  const tensors: Record<string, Tensor> = {};
  for (const [name, source] of Object.entries(pygMap(shape).weights)) {
    if (!("from" in source)) continue;
    const [rows, columns] = shapes[name]!;
    const values = source.transpose ? transposed(weights[name]!, rows, columns) : weights[name]!;
    const of = source.transpose ? [columns, rows] : torchShape(source.from, rows, columns);
    if (source.index === undefined) tensors[source.from] = { shape: of, data: values };
    else tensors[source.from] = stacked(tensors[source.from], values, of);
  }
  return tensors;
}

/** What torch keeps of one row: biases are vectors, attention vectors have an axis in front. */
function torchShape(name: string, rows: number, columns: number): number[] {
  if (/\.att(_src|_dst|_edge)?$/.test(name)) return [1, rows, columns];
  if (name.endsWith(".eps")) return [1];
  return name === "projection.bias" || name.endsWith("second.bias") ? [columns] : [rows, columns];
}

/** One more matrix behind those before it: relations come in the order of their indices. */
function stacked(
  before: Tensor | undefined,
  values: Float32Array,
  [rows, columns]: readonly number[],
): Tensor {
  const data = new Float32Array((before?.data.length ?? 0) + values.length);
  if (before) data.set(before.data);
  data.set(values, before?.data.length ?? 0);
  return { shape: [(before?.shape[0] ?? 0) + 1, rows!, columns!], data };
}

function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from(values, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)]!);
}
