import { BLOCK_ROWS } from "./dense.ts";
import type { GnnNodes } from "./gnn-nodes.ts";
import type { PackedGnn } from "./packed-gnn.ts";

const STRIDE = BLOCK_ROWS * 128; // nodes between looks at the signal

/**
 * Message passing for nodes [from, to): every layer of a block of nodes before the next block, since all edges come
 * from earlier nodes. The same bits for one node at a time, for blocks, and for any prefix: sums run in fixed
 * order in double precision, layers are stored as float32.
 */
export function propagate(
  { kernels }: PackedGnn,
  nodes: GnnNodes,
  from: number,
  to: number,
  signal?: AbortSignal,
): void {
  const states = kernels.map((_, layer) => ({
    source: layer === 0 ? nodes.inputs : nodes.hidden[layer - 1]!,
    kept: nodes.kept[layer]!,
    target: nodes.hidden[layer]!,
  }));
  for (let start = from; start < to; start += BLOCK_ROWS) {
    if (signal && (start - from) % STRIDE === 0) signal.throwIfAborted();
    const rows = Math.min(BLOCK_ROWS, to - start);
    for (let layer = 0; layer < kernels.length; layer++)
      kernels[layer]!.update(nodes, states[layer]!, start, rows);
  }
}
