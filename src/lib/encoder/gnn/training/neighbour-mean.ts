import type * as TfCore from "@tensorflow/tfjs-core";
import { typedOp } from "./typed-op.ts";

/** Incoming edges of n nodes as compressed rows, with the factors by which neighbours are summed up. */
export interface NeighbourRows {
  readonly offsets: Int32Array; // [n + 1]
  readonly senders: Int32Array; // [e]
  readonly shares: Float32Array; // [e] summing to 1 per receiver for a mean
}

/**
 * Sum of the incoming neighbours of every node, each times its share, [n, C] → [n, C]: a mean where shares sum to 1.
 * Forward adds each sender to its receivers, backward each receiver's gradient to its senders.
 */
export function neighbourMean(tf: typeof TfCore, h: TfCore.Tensor2D, rows: NeighbourRows): TfCore.Tensor2D {
  const [n, columns] = h.shape;
  return typedOp(tf, [h], (x) => ({
    value: gather(x, rows, columns),
    shape: [n, columns],
    backward: (dy) => [scatter(dy, rows, columns)],
  }));
}

/** out[receiver] += share · x[sender]. */
export function gather(
  x: Float32Array,
  { offsets, senders, shares }: NeighbourRows,
  columns: number,
): Float32Array {
  const n = offsets.length - 1;
  const out = new Float32Array(n * columns);
  for (let node = 0, to = 0; node < n; node++, to += columns)
    for (let e = offsets[node]!; e < offsets[node + 1]!; e++) {
      const from = senders[e]! * columns;
      const share = shares[e]!;
      for (let k = 0; k < columns; k++) out[to + k]! += share * x[from + k]!;
    }
  return out;
}

/** out[sender] += share · dy[receiver]: the transpose of `gather`. */
export function scatter(
  dy: Float32Array,
  { offsets, senders, shares }: NeighbourRows,
  columns: number,
): Float32Array {
  const n = offsets.length - 1;
  const out = new Float32Array(n * columns);
  for (let node = 0, from = 0; node < n; node++, from += columns)
    for (let e = offsets[node]!; e < offsets[node + 1]!; e++) {
      const to = senders[e]! * columns;
      const share = shares[e]!;
      for (let k = 0; k < columns; k++) out[to + k]! += share * dy[from + k]!;
    }
  return out;
}
