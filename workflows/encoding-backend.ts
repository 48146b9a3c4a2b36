import { findBackend } from "../src/lib/adapters/backends/native-backend.ts";
import { openTensorFlow } from "../src/lib/adapters/tfjs/open-tensorflow.ts";
import type { Backend } from "./activity-host.ts";

export interface EncodingBackend {
  readonly backend: Backend;
  /** Why this one, in words for the one who starts the worker. */
  readonly reason: string;
}

/** The part of TensorFlow's binding for GPUs that says whether it has one. */
interface Binding {
  backend(): { readonly isUsingGpuDevice?: boolean };
}

/**
 * What this worker encodes with, and why. Jobs pin typed arrays, since only those give the same bytes on every machine;
 * a GPU is looked for all the same, so that whoever expects one learns that it idles, or why it is not seen.
 * @param load TensorFlow's binding for GPUs, which is no dependency: `./rhyme backend install tensorflow --gpu`
 */
export async function encodingBackend(load: () => Promise<unknown> = loadBinding): Promise<EncodingBackend> {
  return { backend: "arrays", reason: await deviceOf(load) };
}

const PINNED = "jobs pin them, since their bytes are the same on every machine";

async function deviceOf(load: () => Promise<unknown>): Promise<string> {
  try {
    const loaded = (await load()) as Binding & { readonly default?: Binding };
    const { isUsingGpuDevice = false } = (loaded.default ?? loaded).backend();
    const seen = isUsingGpuDevice ? "a GPU is here and idles" : "@tensorflow/tfjs-node-gpu sees no device";
    return `${PINNED}; ${seen}`;
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    const why =
      code === "ERR_MODULE_NOT_FOUND" ? "is not installed" : `does not load: ${message.split("\n")[0]}`;
    return `${PINNED}; @tensorflow/tfjs-node-gpu ${why}`;
  }
}

function loadBinding(): Promise<unknown> {
  if (findBackend("tensorflow-gpu")) return openTensorFlow("tensorflow-gpu");
  return Promise.reject(Object.assign(new Error("not installed"), { code: "ERR_MODULE_NOT_FOUND" }));
}
