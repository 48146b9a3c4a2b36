import { createRequire } from "node:module";
import path from "node:path";
import util from "node:util";
import type { Tf } from "../../encoder/family.ts";
import { RhymeError } from "../../errors.ts";
import { loadModule, requireBackend } from "../backends/native-backend.ts";
import { openWebGpu } from "./open-webgpu.ts";
import { patchBatchMatMul } from "./patch-batch-matmul.ts";
import { registerGradients } from "./register-gradients.ts";

/**
 * Backends for training and bulk encoding. Inference needs none. The last three are installed by whoever wants them:
 * `./rhyme backend install`.
 */
export const TENSORFLOW_BACKENDS = ["wasm", "cpu", "tensorflow", "tensorflow-gpu", "webgpu"] as const;
export type TensorFlowBackend = (typeof TENSORFLOW_BACKENDS)[number];

const opened = new Map<TensorFlowBackend, Promise<Tf>>();

/**
 * TensorFlow.js with a backend set up: `wasm` (SIMD, one thread, so that a fitting gives the same bytes on every
 * machine), `cpu` for tiny tests, or a native one. Loaded on first use, once per process. All copies of TensorFlow.js share
 * one engine, so the backend that was opened last is the one in use, in the whole process.
 * @throws RhymeError "usage" for a native backend that is not installed or finds no device
 */
export async function openTensorFlow(backend: TensorFlowBackend = "wasm"): Promise<Tf> {
  const opening = opened.get(backend) ?? open(backend);
  opened.set(backend, opening);
  try {
    const tf = await opening;
    await tf.setBackend(registeredName(backend));
    await tf.ready();
    return tf;
  } catch (error) {
    opened.delete(backend);
    throw error;
  }
}

/** As TensorFlow.js knows it. */
function registeredName(backend: TensorFlowBackend): string {
  return backend === "tensorflow-gpu" ? "tensorflow" : backend;
}

async function open(backend: TensorFlowBackend): Promise<Tf> {
  if (backend === "tensorflow" || backend === "tensorflow-gpu") return openNative(backend);
  const core = await import("@tensorflow/tfjs-core");
  // Node sees a CommonJS module: its exports are the default export.
  const tf = (core as unknown as { default?: Tf }).default ?? core;
  tf.env().set("PROD", true); // no warnings about other backends
  if (backend === "cpu") await import("@tensorflow/tfjs-backend-cpu");
  else if (backend === "webgpu") await openWebGpu();
  else await openWasm(tf);
  registerGradients(tf);
  return tf;
}

async function openWasm(tf: Tf): Promise<void> {
  const wasm = await import("@tensorflow/tfjs-backend-wasm");
  const { setWasmPaths } = (wasm as unknown as { default?: typeof wasm }).default ?? wasm;
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false); // threads do not start in Node
  const main = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(`${path.dirname(main)}${path.sep}`);
  patchBatchMatMul(tf);
}

function openNative(backend: "tensorflow" | "tensorflow-gpu"): Tf {
  const other = backend === "tensorflow" ? "tensorflow-gpu" : "tensorflow";
  if (opened.has(other))
    throw new RhymeError("usage", {
      place: `backend ${backend}`,
      expected: "one of tensorflow and tensorflow-gpu in a process",
      received: `${other} is open already`,
      remedy: "Their libraries have one name: use the other one in a process of its own.",
    });
  // Gone from Node 23 on; tfjs-node 4.22 still asks them.
  const gone = util as unknown as Record<string, (value: unknown) => boolean>;
  gone["isNullOrUndefined"] ??= (value) => value === null || value === undefined;
  gone["isArray"] ??= Array.isArray;
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "2"; // errors alone
  return loadModule(requireBackend(backend)) as Tf;
}
