import type * as TfCore from "@tensorflow/tfjs-core";

/** What plain loops make of the arguments of an op, and how they send a gradient back. */
export interface TypedOpResult {
  readonly value: Float32Array;
  readonly shape: readonly [rows: number, columns: number];
  /** Gradients of all arguments, given that of the value; called at most once. */
  backward(dy: Float32Array): readonly Float32Array[];
}

/**
 * An op over typed arrays with its own gradient, on any backend that hands out its numbers. Neighbour work goes here: stock
 * WebAssembly has no segment sum, and gathering edges into a tensor costs more than the whole layer.
 */
export function typedOp(
  tf: typeof TfCore,
  inputs: readonly TfCore.Tensor2D[],
  compute: (...arrays: readonly Float32Array[]) => TypedOpResult,
): TfCore.Tensor2D {
  const shapes = inputs.map(({ shape }) => shape);
  const op = tf.customGrad((...passed) => {
    const tensors = passed.slice(0, inputs.length) as TfCore.Tensor[];
    const result = compute(...tensors.map((tensor) => tensor.dataSync() as Float32Array));
    return {
      value: tf.tensor2d(result.value, [...result.shape]),
      gradFunc: (dy: TfCore.Tensor) =>
        result.backward(dy.dataSync() as Float32Array).map((gradient, i) => tf.tensor2d(gradient, shapes[i])),
    };
  });
  return op(...inputs) as TfCore.Tensor2D;
}
