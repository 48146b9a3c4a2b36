import type {
  BatchMatMulAttrs,
  BatchMatMulInputs,
  KernelFunc,
  Tensor,
  TensorInfo,
} from "@tensorflow/tfjs-core";
import type { Tf } from "../../encoder/family.ts";

const patched = new WeakSet<Tf>();

/**
 * Re-registers the WebAssembly matrix product so that it transposes its arguments first. The stock kernel is 10 to 40
 * times slower with `transposeA` or `transposeB` than without, and every gradient of a matrix product has one.
 */
export function patchBatchMatMul(tf: Tf): void {
  if (patched.has(tf)) return;
  patched.add(tf);
  const stock = tf.getKernel("BatchMatMul", "wasm");
  const transpose = tf.getKernel("Transpose", "wasm");
  if (!stock || !transpose) throw new Error("the WebAssembly backend has no BatchMatMul or Transpose");
  const kernelFunc: KernelFunc = ({ inputs, backend, attrs }) => {
    const { a, b } = inputs as Partial<BatchMatMulInputs>;
    const { transposeA, transposeB } = attrs as unknown as BatchMatMulAttrs;
    const made: TensorInfo[] = [];
    const straight = (x: TensorInfo, turned: boolean): TensorInfo => {
      if (!turned) return x;
      const rank = x.shape.length;
      const perm = Array.from({ length: rank }, (_, i) => (i < rank - 2 ? i : rank - 1 - (i - (rank - 2))));
      const info = transpose.kernelFunc({
        inputs: { x },
        backend,
        attrs: { perm },
      }) as TensorInfo;
      made.push(info);
      return info;
    };
    const straightInputs = { a: straight(a!, transposeA), b: straight(b!, transposeB) };
    const product = stock.kernelFunc({
      inputs: straightInputs,
      backend,
      attrs: { transposeA: false, transposeB: false },
    });
    for (const info of made)
      (backend as { disposeData(id: Tensor["dataId"]): boolean }).disposeData(info.dataId);
    return product;
  };
  tf.unregisterKernel("BatchMatMul", "wasm");
  tf.registerKernel({ ...stock, kernelFunc });
}
