import { BLOCK_ROWS, denseBlock, packDense } from "../dense.ts";
import { layerInputs, type GnnModel } from "../gnn-model.ts";
import { gatherMax, gatherMean } from "./gather.ts";
import { below, copyRow, storeRelu, type LayerKernel } from "./layer-kernel.ts";

/**
 * GraphSAGE, h' = relu(h · self + m · neighbours + bias[timeframe]), where m is the weighted mean of the neighbours or,
 * as `sage-max`, the largest of each input (Hamilton, Ying & Leskovec 2017, algorithm 1; section 3.3).
 */
export function sageKernel({ shape, weights }: GnnModel, layer: number): LayerKernel {
  const inputs = layerInputs(shape, layer);
  const H = shape.hidden;
  const of = (name: string): Float32Array => weights[`layer${layer}.${name}`]!;
  const dense = packDense(below(of("self"), of("neighbours")), 2 * inputs, H);
  const bias = Float64Array.from(of("bias"));
  const gather = shape.layer === "sage-max" ? gatherMax : gatherMean;
  const x = new Float64Array(BLOCK_ROWS * 2 * inputs);
  const out = new Float64Array(BLOCK_ROWS * H);
  const biasAt = new Int32Array(BLOCK_ROWS);
  return {
    inputs,
    update(nodes, { source, target }, start, rows) {
      for (let r = 0; r < rows; r++) {
        const node = start + r;
        const at = r * 2 * inputs;
        biasAt[r] = nodes.timeframe[node]! * H;
        copyRow(source, node, inputs, x, at);
        gather(nodes, source, inputs, nodes.offsets[node]!, nodes.offsets[node + 1]!, x, at + inputs);
      }
      denseBlock(dense, x, bias, biasAt, out, rows);
      storeRelu(out, target, start, rows, H);
    },
  };
}
