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
export function gather(x: Float32Array, rows: NeighbourRows, columns: number): Float32Array {
  return alongEdges(x, rows, columns, "to receivers");
}

/** out[sender] += share · dy[receiver]: the transpose of `gather`. */
export function scatter(dy: Float32Array, rows: NeighbourRows, columns: number): Float32Array {
  return alongEdges(dy, rows, columns, "to senders");
}

function alongEdges(
  x: Float32Array,
  { offsets, senders, shares }: NeighbourRows,
  columns: number,
  direction: "to receivers" | "to senders",
): Float32Array {
  const n = offsets.length - 1;
  const out = new Float32Array(n * columns);
  const forward = direction === "to receivers";
  for (let node = 0; node < n; node++)
    for (let e = offsets[node]!; e < offsets[node + 1]!; e++) {
      const receiver = node * columns;
      const sender = senders[e]! * columns;
      const from = forward ? sender : receiver;
      const to = forward ? receiver : sender;
      const share = shares[e]!;
      for (let k = 0; k < columns; k++) out[to + k]! += share * x[from + k]!;
    }
  return out;
}
