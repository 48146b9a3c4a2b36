import { fileURLToPath } from "node:url";
import type { NativeBackend } from "../../lib/adapters/backends/native-backend.ts";

/** How a backend is installed, and what that costs. */
export interface Recipe {
  readonly name: NativeBackend;
  /** Holds package.json, package-lock.json and, for TensorFlow, wheels.txt. */
  readonly folder: string;
  /** `TensorFlow 2.21 with tfjs-node 4.22`. */
  readonly says: string;
  /** `300 MB to download, 1.1 GB on disk, about a minute`. */
  readonly costs: string;
  /** The package whose addon is built against the wheels; null where packages bring their own. */
  readonly addonOf: string | null;
  /** Folders under node_modules for other machines, `{platform}` and `{arch}` of this one standing for those to keep. */
  readonly others: readonly { readonly under: string; readonly keep: string }[];
}

const folderOf = (name: NativeBackend): string =>
  fileURLToPath(new URL(`./recipes/${name}`, import.meta.url));

export const RECIPES: Readonly<Record<NativeBackend, Recipe>> = {
  tensorflow: {
    name: "tensorflow",
    folder: folderOf("tensorflow"),
    says: "TensorFlow 2.21 for CPUs, with tfjs-node 4.22",
    costs: "340 MB to download, 1.2 GB on disk, about two minutes",
    addonOf: "@tensorflow/tfjs-node",
    others: [],
  },
  "tensorflow-gpu": {
    name: "tensorflow-gpu",
    folder: folderOf("tensorflow-gpu"),
    says: "TensorFlow 2.21 with its parts of CUDA 12.9, and tfjs-node-gpu 4.22",
    costs: "3.6 GB to download, 7 GB on disk, several minutes",
    addonOf: "@tensorflow/tfjs-node-gpu",
    others: [],
  },
  onnx: {
    name: "onnx",
    folder: folderOf("onnx"),
    says: "onnxruntime-node 1.30, for CPUs",
    costs: "110 MB to download, 50 MB on disk, ten seconds",
    addonOf: null,
    others: [
      { under: "onnxruntime-node/bin/napi-v6", keep: "{platform}" },
      { under: "onnxruntime-node/bin/napi-v6/{platform}", keep: "{arch}" },
    ],
  },
  webgpu: {
    name: "webgpu",
    folder: folderOf("webgpu"),
    says: "webgpu 0.6 (Dawn), with tfjs-backend-webgpu 4.22",
    costs: "70 MB to download, 120 MB on disk, ten seconds",
    addonOf: null,
    others: [{ under: "webgpu/dist", keep: "{platform}-{arch}" }],
  },
};
