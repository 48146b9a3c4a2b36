import {
  findBackend,
  NATIVE_BACKENDS,
  NATIVE_PACKAGES,
  type NativeBackend,
} from "../../lib/adapters/backends/native-backend.ts";
import { probeBackend } from "./probe-backend.ts";

/** One way to compute, as `./rhyme backend list` tells of it. */
export interface BackendRow {
  readonly name: string;
  readonly use: string;
  /** Whether it is there and works. */
  readonly ready: boolean;
  readonly device: string | null;
  /** Where it is, how to get it, or why it does not work. */
  readonly says: string;
}

export interface BackendList {
  readonly backends: readonly BackendRow[];
  readonly chosen: readonly { readonly what: string; readonly backend: string; readonly why: string }[];
}

const USES: Readonly<Record<NativeBackend, string>> = {
  tensorflow: "training, bulk encoding",
  "tensorflow-gpu": "training, bulk encoding",
  onnx: "bulk encoding",
  webgpu: "training, bulk encoding",
};

/** Every backend, each that is installed tried in a process of its own. */
export async function listBackends(signal: AbortSignal): Promise<BackendList> {
  const native: BackendRow[] = [];
  for (const name of NATIVE_BACKENDS) native.push(await rowOf(name, signal));
  const backends: BackendRow[] = [
    { name: "arrays", use: "encoding", ready: true, device: "CPU", says: "part of rhyme: the reference" },
    {
      name: "threads",
      use: "bulk encoding",
      ready: true,
      device: "CPU",
      says: "part of rhyme: arrays, two threads",
    },
    {
      name: "simd",
      use: "bulk encoding",
      ready: true,
      device: "CPU",
      says: "part of rhyme: WebAssembly SIMD",
    },
    {
      name: "wasm",
      use: "training",
      ready: true,
      device: "CPU",
      says: "part of rhyme: WebAssembly SIMD, patched",
    },
    ...native,
  ];
  const same = "its bytes are the same on every machine; --backend takes another one";
  return {
    backends,
    chosen: [
      { what: "encoding", backend: "arrays", why: same },
      { what: "training", backend: "wasm", why: same },
    ],
  };
}

async function rowOf(name: NativeBackend, signal: AbortSignal): Promise<BackendRow> {
  const found = findBackend(name);
  const use = USES[name];
  if (!found) return { name, use, ready: false, device: null, says: NATIVE_PACKAGES[name].install };
  const { failure, device, says } = await probeBackend(name, { signal });
  if (failure !== null) return { name, use, ready: false, device, says: `${failure} (${found.folder})` };
  return { name, use, ready: true, device, says: `${says}, ${found.folder}` };
}

/** For people; the first row is the header. */
export function backendTable(backends: readonly BackendRow[]): readonly (readonly (string | null)[])[] {
  return [
    ["backend", "for", "here", "runs on", ""],
    ...backends.map(({ name, use, ready, device, says }) => [name, use, ready ? "yes" : "no", device, says]),
  ];
}
