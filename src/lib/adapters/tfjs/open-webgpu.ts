import { RhymeError } from "../../errors.ts";
import { loadModule, requireBackend } from "../backends/native-backend.ts";
import { isSoftware, type AdapterInfo } from "./describe-device.ts";

/** The part of npm's `webgpu` (Dawn) that is used here. */
interface Dawn {
  readonly create: (flags: readonly string[]) => Gpu;
  readonly globals: object;
}

interface Gpu {
  requestAdapter(options?: object): Promise<{ readonly info?: AdapterInfo } | null>;
}

/** Set to 1 to accept an adapter that is a program on the CPU: for tests. */
const SOFTWARE = "RHYME_SOFTWARE_GPU";

/**
 * Registers TensorFlow.js's WebGPU backend over Dawn.
 * @throws RhymeError "usage" where it is not installed, finds no adapter or only one in software
 */
export async function openWebGpu(): Promise<void> {
  const found = requireBackend("webgpu");
  const { create, globals } = loadModule(found, "webgpu") as Dawn;
  Object.assign(globalThis, globals);
  const gpu = create([]);
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" }).catch(() => null);
  if (!adapter) throw noAdapter("no adapter is found");
  if (isSoftware(adapter.info ?? {}) && process.env[SOFTWARE] !== "1")
    throw noAdapter("the only adapter is a program on the CPU");
  // The backend looks for it while it loads.
  Object.defineProperty(globalThis, "navigator", { value: { gpu }, configurable: true, writable: true });
  loadModule(found);
}

function noAdapter(received: string): RhymeError {
  return new RhymeError("usage", {
    place: "backend webgpu",
    expected: "a GPU with a Vulkan, Metal or Direct3D 12 driver",
    received,
    remedy: "Install the card's driver, or use another backend: ./rhyme backend list.",
  });
}
