import { BLOCK_ROWS, denseBlock } from "./dense.ts";
import type { PackedGnn } from "./packed-gnn.ts";
import type { GnnNodes } from "./gnn-nodes.ts";

const STRIDE = BLOCK_ROWS * 128; // nodes between looks at the signal

/**
 * Message passing for nodes [from, to): every layer of a block of nodes before the next block, since all edges come
 * from earlier nodes. The same bits for one node at a time, for blocks, and for any prefix: sums run in fixed
 * order in double precision, layers are stored as float32.
 */
export function propagate(
  packed: PackedGnn,
  nodes: GnnNodes,
  from: number,
  to: number,
  scratch: PropagateScratch = propagateScratch(packed),
  signal?: AbortSignal,
): void {
  const { layers } = packed;
  for (let start = from; start < to; start += BLOCK_ROWS) {
    if (signal && (start - from) % STRIDE === 0) signal.throwIfAborted();
    const rows = Math.min(BLOCK_ROWS, to - start);
    for (let layer = 0; layer < layers.length; layer++)
      updateBlock(packed, nodes, layer, start, rows, scratch);
  }
}

/** Working memory of one caller, reused from call to call. */
export interface PropagateScratch {
  readonly x: Float64Array; // [BLOCK_ROWS, 2 · widest input]
  readonly out: Float64Array; // [BLOCK_ROWS, H]
  readonly biasAt: Int32Array; // [BLOCK_ROWS]
}

export function propagateScratch({ layers, model }: PackedGnn): PropagateScratch {
  const widest = Math.max(...layers.map((layer) => layer.inputs));
  return {
    x: new Float64Array(BLOCK_ROWS * 2 * widest),
    out: new Float64Array(BLOCK_ROWS * model.shape.hidden),
    biasAt: new Int32Array(BLOCK_ROWS),
  };
}

function updateBlock(
  { layers, model }: PackedGnn,
  nodes: GnnNodes,
  layer: number,
  start: number,
  rows: number,
  { x, out, biasAt }: PropagateScratch,
): void {
  const { inputs, dense, bias } = layers[layer]!;
  const H = model.shape.hidden;
  const source = layer === 0 ? nodes.inputs : nodes.hidden[layer - 1]!;
  const target = nodes.hidden[layer]!;
  for (let r = 0; r < rows; r++) {
    biasAt[r] = nodes.timeframe[start + r]! * H;
    gatherNode(nodes, source, inputs, start + r, x, r * 2 * inputs);
  }
  denseBlock(dense, x, bias, biasAt, out, rows);
  for (let i = 0, o = start * H; i < rows * H; i++, o++) target[o] = out[i]! > 0 ? out[i]! : 0;
}

/** [own values | weighted mean over all incoming neighbours, 0 where there are none] of one node. */
function gatherNode(
  { offsets, senders, weights }: GnnNodes,
  source: Float32Array,
  inputs: number,
  node: number,
  x: Float64Array,
  at: number,
): void {
  const mean = at + inputs;
  for (let k = 0, own = node * inputs; k < inputs; k++) {
    x[at + k] = source[own + k]!;
    x[mean + k] = 0;
  }
  const begin = offsets[node]!;
  const end = offsets[node + 1]!;
  if (begin === end) return;
  let total = 0;
  for (let e = begin; e < end; e++) {
    const from = senders[e]! * inputs;
    const weight = weights === null ? 1 : weights[e]!;
    total += weight;
    if (weights === null) for (let k = 0; k < inputs; k++) x[mean + k]! += source[from + k]!;
    else for (let k = 0; k < inputs; k++) x[mean + k]! += weight * source[from + k]!;
  }
  for (let k = 0; k < inputs; k++) x[mean + k]! /= total;
}
