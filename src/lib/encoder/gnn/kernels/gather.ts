import type { GnnNodes } from "../gnn-nodes.ts";

/**
 * What the senders of edges [begin, end) say together, as `inputs` numbers at `x[at]…`; zeros where there are none.
 * `source` [N, inputs] holds their states.
 */
export type Gather = (
  nodes: GnnNodes,
  source: Float32Array,
  inputs: number,
  begin: number,
  end: number,
  x: Float64Array,
  at: number,
) => void;

/** Weighted sum; returns the sum of the weights. */
export function gatherSum(
  { senders, weights }: GnnNodes,
  source: Float32Array,
  inputs: number,
  begin: number,
  end: number,
  x: Float64Array,
  at: number,
): number {
  const inFours = inputs & ~3;
  // Four columns at once stay in registers.
  for (let k = 0; k < inFours; k += 4) {
    // prettier-ignore
    let a0 = 0, a1 = 0, a2 = 0, a3 = 0;
    for (let e = begin; e < end; e++) {
      const from = senders[e]! * inputs + k;
      const weight = weights === null ? 1 : weights[e]!;
      a0 += weight * source[from]!;
      a1 += weight * source[from + 1]!;
      a2 += weight * source[from + 2]!;
      a3 += weight * source[from + 3]!;
    }
    x[at + k] = a0;
    x[at + k + 1] = a1;
    x[at + k + 2] = a2;
    x[at + k + 3] = a3;
  }
  let total = 0;
  for (let e = begin; e < end; e++) total += weights === null ? 1 : weights[e]!;
  for (let k = inFours; k < inputs; k++) {
    let sum = 0;
    for (let e = begin; e < end; e++)
      sum += (weights === null ? 1 : weights[e]!) * source[senders[e]! * inputs + k]!;
    x[at + k] = sum;
  }
  return total;
}

/** Weighted mean. */
export const gatherMean: Gather = (nodes, source, inputs, begin, end, x, at) => {
  const total = gatherSum(nodes, source, inputs, begin, end, x, at);
  if (begin < end) for (let k = 0; k < inputs; k++) x[at + k]! /= total;
};

/** Largest value of each input; weights have no say. */
export const gatherMax: Gather = ({ senders }, source, inputs, begin, end, x, at) => {
  x.fill(begin < end ? -Infinity : 0, at, at + inputs);
  for (let e = begin; e < end; e++) {
    const from = senders[e]! * inputs;
    for (let k = 0; k < inputs; k++) if (source[from + k]! > x[at + k]!) x[at + k] = source[from + k]!;
  }
};
