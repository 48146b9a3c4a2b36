import { createRequire } from "node:module";
import path from "node:path";
import type { Tf } from "../../encoder/family.ts";
import { patchBatchMatMul } from "./patch-batch-matmul.ts";
import { registerGradients } from "./register-gradients.ts";

/** Backends for training. Inference needs none. */
export type TensorFlowBackend = "wasm" | "cpu";

const opened = new Map<TensorFlowBackend, Promise<Tf>>();

/**
 * TensorFlow.js with a backend set up: `wasm` (SIMD, one thread, so that a fitting gives the same bytes on every
 * machine) or `cpu` for tiny tests. Loaded on first use, once per process.
 */
export function openTensorFlow(backend: TensorFlowBackend = "wasm"): Promise<Tf> {
  const known = opened.get(backend) ?? open(backend);
  opened.set(backend, known);
  return known;
}

async function open(backend: TensorFlowBackend): Promise<Tf> {
  const core = await import("@tensorflow/tfjs-core");
  // Node sees a CommonJS module: its exports are the default export.
  const tf = (core as unknown as { default?: Tf }).default ?? core;
  tf.env().set("PROD", true); // no warnings about other backends
  if (backend === "cpu") await import("@tensorflow/tfjs-backend-cpu");
  else {
    const wasm = await import("@tensorflow/tfjs-backend-wasm");
    const { setWasmPaths } = (wasm as unknown as { default?: typeof wasm }).default ?? wasm;
    tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false); // threads do not start in Node
    const main = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
    setWasmPaths(`${path.dirname(main)}${path.sep}`);
    patchBatchMatMul(tf);
  }
  registerGradients(tf);
  await tf.setBackend(backend);
  await tf.ready();
  return tf;
}
