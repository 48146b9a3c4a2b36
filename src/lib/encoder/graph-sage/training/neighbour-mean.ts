import type * as TfCore from "@tensorflow/tfjs-core";

/** Incoming edges of n nodes as compressed rows, with weights that sum to 1 per receiver. */
export interface NeighbourRows {
  readonly offsets: Int32Array; // [n + 1]
  readonly senders: Int32Array; // [e]
  readonly shares: Float32Array; // [e]
}

/**
 * Mean of the incoming neighbours of every node, [n, C] → [n, C], as one op with its own gradient: stock WebAssembly
 * has no segment sum, and gathering edges into a tensor costs more than the whole layer. Forward adds each sender
 * to its receivers, backward each receiver's gradient to its senders.
 */
export function neighbourMean(tf: typeof TfCore, h: TfCore.Tensor2D, rows: NeighbourRows): TfCore.Tensor2D {
  const [n, columns] = h.shape;
  const op = tf.customGrad((x) => {
    const value = tf.tensor2d(gather((x as TfCore.Tensor).dataSync() as Float32Array, rows, columns), [
      n,
      columns,
    ]);
    const gradFunc = (dy: TfCore.Tensor): TfCore.Tensor =>
      tf.tensor2d(scatter(dy.dataSync() as Float32Array, rows, columns), [n, columns]);
    return { value, gradFunc };
  });
  return op(h);
}

/** out[receiver] += share · x[sender]. */
export function gather(
  x: Float32Array,
  { offsets, senders, shares }: NeighbourRows,
  columns: number,
): Float32Array {
  const n = offsets.length - 1;
  const out = new Float32Array(n * columns);
  for (let node = 0; node < n; node++)
    for (let e = offsets[node]!, at = node * columns; e < offsets[node + 1]!; e++) {
      const from = senders[e]! * columns;
      const share = shares[e]!;
      for (let k = 0; k < columns; k++) out[at + k]! += share * x[from + k]!;
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
  for (let node = 0; node < n; node++)
    for (let e = offsets[node]!, at = node * columns; e < offsets[node + 1]!; e++) {
      const to = senders[e]! * columns;
      const share = shares[e]!;
      for (let k = 0; k < columns; k++) out[to + k]! += share * dy[at + k]!;
    }
  return out;
}
