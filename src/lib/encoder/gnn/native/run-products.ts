import type { MatrixEngine, Product } from "./matrix-engine.ts";
import { padded, type DenseAt, type MessageMemory } from "./message-passing.ts";

/** Writes rows [start, start + rows) of the inputs of a product, [rows, K], to byte offset `x` with this stride. */
export type WriteInputs = (start: number, rows: number, x: number, xStride: number) => void;

/** A product over all rows of something: y = x · W + bias[biasOf[row]], and relu. */
export interface RowsProduct {
  readonly inputs: number; // K, a multiple of 16
  readonly outputs: number; // J, a multiple of 16
  readonly weights: Float32Array; // [K, J]
  readonly bias: Float32Array; // [T, J]
  /** Which bias each row takes; null: the first. */
  readonly biasOf: Uint8Array | null;
  readonly relu: boolean;
}

/** Multiplies all rows and leaves the results at byte offset `out`, [rows, J], which has room for 3 rows more. */
export type RunProducts = (
  product: RowsProduct,
  rows: number,
  write: WriteInputs,
  out: number,
  signal?: AbortSignal,
) => Promise<void>;

const BLOCK = 240; // rows whose inputs stay in the second-level cache

/** With the WebAssembly kernel itself. */
export function simdProducts(memory: MessageMemory): RunProducts {
  return (product, rows, write, out, signal) => {
    const { inputs: K, outputs: J, biasOf, relu } = product;
    const mark = memory.mark;
    const dense: DenseAt = memory.keepDense(product.weights, product.bias, K, J);
    const x = memory.room(BLOCK * K);
    const biasAt = memory.room(BLOCK);
    memory.ints(biasAt, BLOCK).fill(0);
    for (let start = 0; start < rows; start += BLOCK) {
      if (start % (BLOCK * 16) === 0) signal?.throwIfAborted();
      const block = Math.min(BLOCK, rows - start);
      write(start, block, x, K);
      if (biasOf !== null) {
        const at = memory.ints(biasAt, BLOCK);
        for (let r = 0; r < block; r++) at[r] = biasOf[start + r]! * J * 4;
      }
      memory.dense(dense, x, K, biasAt, out + start * J * 4, J, block, relu ? 0 : -Infinity);
    }
    memory.release(mark);
    return Promise.resolve();
  };
}

/**
 * With another engine: inputs are gathered by the WebAssembly kernel, a one-hot of the bias beside them, so that the bias is
 * a part of the matrix. While one chunk is multiplied the next one is gathered.
 */
export function engineProducts(memory: MessageMemory, engine: MatrixEngine, chunk: number): RunProducts {
  return async (product, rows, write, out, signal) => {
    const { inputs: K, outputs: J, bias, biasOf, relu, weights } = product;
    const kinds = bias.length / J;
    const stride = padded(K + kinds);
    const mark = memory.mark;
    const places = [memory.room(chunk * stride), memory.room(chunk * stride)] as const;
    for (const place of places) memory.floats(place, chunk * stride).fill(0);
    const matrix = new Float32Array(stride * J);
    matrix.set(weights);
    matrix.set(bias, K * J);
    const prepared: Product = engine.prepare(matrix, stride, J, relu ? "relu" : "none");
    const gather = (start: number, place: number): Float32Array => {
      const block = Math.min(chunk, rows - start);
      write(start, block, place, stride);
      const x = memory.floats(place, block * stride);
      for (let r = 0, at = K; r < block; r++, at += stride) {
        for (let kind = 0; kind < kinds; kind++) x[at + kind] = 0;
        x[at + (biasOf === null ? 0 : biasOf[start + r]!)] = 1;
      }
      return x;
    };
    try {
      let x = gather(0, places[0]);
      for (let start = 0, turn = 0; start < rows; start += chunk, turn ^= 1) {
        signal?.throwIfAborted();
        const block = Math.min(chunk, rows - start);
        const running = prepared.run(x, block);
        if (start + chunk < rows) x = gather(start + chunk, places[turn === 0 ? 1 : 0]);
        memory.floats(out + start * J * 4, block * J).set(await running);
      }
    } finally {
      prepared.dispose();
      memory.release(mark);
    }
  };
}
