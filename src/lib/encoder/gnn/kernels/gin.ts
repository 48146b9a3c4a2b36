import { BLOCK_ROWS, denseBlock, packDense } from "../dense.ts";
import { layerInputs, type GnnModel } from "../gnn-model.ts";
import { gatherSum, type Gather } from "./gather.ts";
import { storeRelu, type LayerKernel } from "./layer-kernel.ts";

/**
 * GIN, h' = relu(relu(((1 + eps) h + Σ_j w_j h_j) · first + firstBias[timeframe]) · second + secondBias) (Xu et al. 2019,
 * equation 4.1, with a perceptron of one hidden layer).
 * As `gine` the sum is Σ_j w_j relu(h_j + a_j · edge), a_j the attributes of the edge (Hu et al. 2020, section 5).
 */
export function ginKernel({ shape, weights }: GnnModel, layer: number): LayerKernel {
  const inputs = layerInputs(shape, layer);
  const H = shape.hidden;
  const of = (name: string): Float32Array => weights[`layer${layer}.${name}`]!;
  const first = packDense(of("first"), inputs, H);
  const second = packDense(of("second"), H, H);
  const firstBias = Float64Array.from(of("firstBias"));
  const secondBias = Float64Array.from(of("secondBias"));
  const own = 1 + of("eps")[0]!;
  const gather = shape.layer === "gine" ? gatherWithEdges(of("edge")) : gatherSum;
  const x = new Float64Array(BLOCK_ROWS * inputs);
  const middle = new Float64Array(BLOCK_ROWS * H);
  const out = new Float64Array(BLOCK_ROWS * H);
  const biasAt = new Int32Array(BLOCK_ROWS);
  const atZero = new Int32Array(BLOCK_ROWS);
  return {
    inputs,
    update(nodes, { source, target }, start, rows) {
      for (let r = 0; r < rows; r++) {
        const node = start + r;
        const at = r * inputs;
        biasAt[r] = nodes.timeframe[node]! * H;
        gather(nodes, source, inputs, nodes.offsets[node]!, nodes.offsets[node + 1]!, x, at);
        for (let k = 0, from = node * inputs; k < inputs; k++) x[at + k]! += own * source[from + k]!;
      }
      denseBlock(first, x, firstBias, biasAt, middle, rows);
      for (let i = 0; i < rows * H; i++) middle[i] = 0.5 * (middle[i]! + Math.abs(middle[i]!));
      denseBlock(second, middle, secondBias, atZero, out, rows);
      storeRelu(out, target, start, rows, H);
    },
  };
}

/** Σ_j w_j relu(h_j + edge[kind] + time · edge[last]): attributes are a one-hot kind and a time. */
function gatherWithEdges(edge: Float32Array): Gather {
  return ({ senders, weights, edgeKind, edgeTime }, source, inputs, begin, end, x, at) => {
    x.fill(0, at, at + inputs);
    const last = edge.length - inputs;
    for (let e = begin; e < end; e++) {
      const from = senders[e]! * inputs;
      const kind = edgeKind[e]! * inputs;
      const time = edgeTime![e]!;
      const weight = weights === null ? 1 : weights[e]!;
      for (let k = 0; k < inputs; k++) {
        const said = source[from + k]! + edge[kind + k]! + time * edge[last + k]!;
        x[at + k]! += weight * (said + Math.abs(said)); // twice relu, without a branch
      }
    }
    for (let k = 0; k < inputs; k++) x[at + k]! *= 0.5;
  };
}
