import { execFile } from "node:child_process";
import type { Tf } from "../../encoder/family.ts";
import type { TensorFlowBackend } from "./open-tensorflow.ts";

/** What a backend computes on. */
export interface Device {
  /** A graphics card, and no software that plays one. */
  readonly isGpu: boolean;
  /** `CPU`, `CPU (this build sees no GPU)`, `NVIDIA H200`. */
  readonly device: string;
}

/** TensorFlow's binding says whether it uses a GPU, and NVIDIA's driver what that is. */
export async function describeDevice(tf: Tf, backend: TensorFlowBackend): Promise<Device> {
  if (backend === "webgpu") return webGpuDevice(tf);
  if (backend !== "tensorflow-gpu") return { isGpu: false, device: "CPU" };
  const { isUsingGpuDevice = false } = tf.backend() as { readonly isUsingGpuDevice?: boolean };
  if (!isUsingGpuDevice) return { isGpu: false, device: "CPU (it is built for GPUs and sees none)" };
  return { isGpu: true, device: (await cardNames()) ?? "a GPU whose name nvidia-smi does not say" };
}

/** Of a WebGPU adapter. */
export interface AdapterInfo {
  readonly vendor?: string;
  readonly architecture?: string;
  readonly description?: string;
}

function webGpuDevice(tf: Tf): Device {
  const { adapterInfo } = tf.backend() as { readonly adapterInfo?: AdapterInfo };
  const { vendor = "", architecture = "", description = "" } = adapterInfo ?? {};
  const device = [description || vendor, architecture].filter(Boolean).join(", ") || "a GPU without a name";
  return { isGpu: !isSoftware({ vendor, architecture, description }), device };
}

/** Whether an adapter is a program on the CPU. */
export function isSoftware({ vendor = "", architecture = "", description = "" }: AdapterInfo): boolean {
  return /swiftshader|llvmpipe|lavapipe|software|cpu/i.test(`${vendor} ${architecture} ${description}`);
}

/** Null where nvidia-smi is not there or says nothing. */
function cardNames(): Promise<string | null> {
  return new Promise((resolve) => {
    execFile("nvidia-smi", ["--query-gpu=name", "--format=csv,noheader"], (error, stdout) => {
      const names = stdout.trim().split("\n").join(", ");
      resolve(error || names === "" ? null : names);
    });
  });
}
