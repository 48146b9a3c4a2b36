import type { GnnNodes } from "../gnn-nodes.ts";

// N nodes, I inputs, H hidden, K numbers that a node keeps for those that hear it

/** What one layer reads and writes; each array has a row for every node. */
export interface LayerStates {
  readonly source: Float32Array; // [N, I] states below
  /** What a node says to those that hear it, made once for each node: `keptWidth` of gnn-model.ts. */
  readonly kept: Float32Array; // [N, K]
  readonly target: Float32Array; // [N, H]
}

/**
 * One layer, its weights packed. `update` computes nodes [start, start + rows), at most BLOCK_ROWS, of which every sender
 * is already there or among them. All sums run in double precision in a fixed order, whatever the block, so that one
 * node alone, blocks and any prefix give the same bits. A kernel has its own working memory: a call ends before the
 * next one begins.
 */
export interface LayerKernel {
  readonly inputs: number; // I
  update(nodes: GnnNodes, states: LayerStates, start: number, rows: number): void;
}

/**
 * relu of `out` [rows, H], stored as rows of `target` from `start` on; (x + |x|) / 2 is relu to the last bit, and without
 * a branch, which half of all units would take the wrong way.
 */
export function storeRelu(
  out: Float64Array,
  target: Float32Array,
  start: number,
  rows: number,
  H: number,
): void {
  for (let i = 0, o = start * H; i < rows * H; i++, o++) target[o] = 0.5 * (out[i]! + Math.abs(out[i]!));
}

/** Row `node` of `source` [N, I], at `x[at]…`. */
export function copyRow(
  source: Float32Array,
  node: number,
  inputs: number,
  x: Float64Array,
  at: number,
): void {
  for (let k = 0, own = node * inputs; k < inputs; k++) x[at + k] = source[own + k]!;
}

/** Weights side by side: [rows, a], [rows, b], … become [rows, a + b + …]. */
export function beside(rows: number, ...parts: readonly Float32Array[]): Float32Array {
  const width = parts.reduce((sum, part) => sum + part.length / rows, 0);
  const all = new Float32Array(rows * width);
  let at = 0;
  for (const part of parts) {
    const columns = part.length / rows;
    for (let row = 0; row < rows; row++)
      all.set(part.subarray(row * columns, (row + 1) * columns), row * width + at);
    at += columns;
  }
  return all;
}

/** Weights one below the other: [a, columns], [b, columns], … become [a + b + …, columns]. */
export function below(...parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
