import { EDGE_KINDS } from "../../../graph/graph.ts";
import { BLOCK_ROWS, denseBlock, packDense } from "../dense.ts";
import { layerInputs, type GnnModel } from "../gnn-model.ts";
import { gatherMean } from "./gather.ts";
import { below, copyRow, storeRelu, type LayerKernel } from "./layer-kernel.ts";

const UP = EDGE_KINDS.indexOf("up"); // the last kind

/**
 * R-GCN, h' = relu(h · self + Σ_kind mean(neighbours of that kind) · neighbours.kind + bias[timeframe]) (Schlichtkrull
 * et al. 2018, equation 2, without shared bases; means are weighted). Few nodes hear finer ones: their part is added for
 * those alone, which leaves every sum in its order.
 */
export function relationalKernel({ shape, weights }: GnnModel, layer: number): LayerKernel {
  const inputs = layerInputs(shape, layer);
  const H = shape.hidden;
  const of = (name: string): Float32Array => weights[`layer${layer}.${name}`]!;
  const [temporal, down, up] = EDGE_KINDS.map((kind) => of(`neighbours.${kind}`));
  const width = 3 * inputs;
  const dense = packDense(below(of("self"), temporal!, down!), width, H);
  const denseUp = packDense(up!, inputs, H);
  const bias = Float64Array.from(of("bias"));
  const x = new Float64Array(BLOCK_ROWS * width);
  const xUp = new Float64Array(BLOCK_ROWS * inputs);
  const out = new Float64Array(BLOCK_ROWS * H);
  const outUp = new Float64Array(BLOCK_ROWS * H);
  const biasAt = new Int32Array(BLOCK_ROWS);
  const upAt = new Int32Array(BLOCK_ROWS);
  return {
    inputs,
    update(nodes, { source, target }, start, rows) {
      let hearUp = 0;
      for (let r = 0; r < rows; r++) {
        const node = start + r;
        biasAt[r] = nodes.timeframe[node]! * H;
        copyRow(source, node, inputs, x, r * width);
        const end = nodes.offsets[node + 1]!;
        let from = nodes.offsets[node]!;
        for (let kind = 0; kind <= UP; kind++) {
          let to = from;
          while (to < end && nodes.edgeKind[to] === kind) to++;
          if (kind < UP) gatherMean(nodes, source, inputs, from, to, x, r * width + (kind + 1) * inputs);
          else if (from < to) {
            gatherMean(nodes, source, inputs, from, to, xUp, hearUp * inputs);
            upAt[hearUp++] = r * H;
          }
          from = to;
        }
      }
      denseBlock(dense, x, bias, biasAt, out, rows);
      if (hearUp > 0) denseBlock(denseUp, xUp, out, upAt, outUp, hearUp);
      for (let i = 0; i < hearUp; i++) out.set(outUp.subarray(i * H, (i + 1) * H), upAt[i]);
      storeRelu(out, target, start, rows, H);
    },
  };
}
