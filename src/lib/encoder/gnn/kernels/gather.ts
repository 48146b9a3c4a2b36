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
  x.fill(0, at, at + inputs);
  if (weights === null) {
    for (let e = begin; e < end; e++) {
      const from = senders[e]! * inputs;
      for (let k = 0; k < inputs; k++) x[at + k]! += source[from + k]!;
    }
    return end - begin;
  }
  let total = 0;
  for (let e = begin; e < end; e++) {
    const from = senders[e]! * inputs;
    const weight = weights[e]!;
    total += weight;
    for (let k = 0; k < inputs; k++) x[at + k]! += weight * source[from + k]!;
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
