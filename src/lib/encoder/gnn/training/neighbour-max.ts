import type * as TfCore from "@tensorflow/tfjs-core";
import type { EdgeRange } from "./run-edges.ts";
import { typedOp } from "./typed-op.ts";

/**
 * Largest value of each column among the incoming neighbours of every node, 0 where there are none, [n, C] → [n, C].
 * The gradient goes to the neighbour that had it; of equal ones to the first.
 */
export function neighbourMax(tf: typeof TfCore, h: TfCore.Tensor2D, edges: EdgeRange): TfCore.Tensor2D {
  const [n, columns] = h.shape;
  return typedOp(tf, [h], (x) => {
    const { value, from } = largest(x, edges, columns);
    return {
      value,
      shape: [n, columns],
      backward: (dy) => {
        const dx = new Float32Array(n * columns);
        for (let i = 0; i < dy.length; i++) if (from[i]! >= 0) dx[from[i]!]! += dy[i]!;
        return [dx];
      },
    };
  });
}

/** The values, and where in `x` each came from; −1 for none. */
function largest(
  x: Float32Array,
  { offsets, senders }: EdgeRange,
  columns: number,
): { readonly value: Float32Array; readonly from: Int32Array } {
  const n = offsets.length - 1;
  const value = new Float32Array(n * columns);
  const from = new Int32Array(n * columns).fill(-1);
  for (let node = 0; node < n; node++) {
    const to = node * columns;
    const begin = offsets[node]!;
    for (let e = begin; e < offsets[node + 1]!; e++) {
      const sender = senders[e]! * columns;
      for (let k = 0; k < columns; k++)
        if (e === begin || x[sender + k]! > value[to + k]!) {
          value[to + k] = x[sender + k]!;
          from[to + k] = sender + k;
        }
    }
  }
  return { value, from };
}
