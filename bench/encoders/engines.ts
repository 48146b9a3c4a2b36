import { openBulkEncoder } from "../../src/lib/adapters/backends/bulk-encoder.ts";
import { ENCODE_BACKENDS, type EncodeBackend } from "../../src/lib/adapters/backends/encode-backends.ts";
import {
  findBackend,
  NATIVE_BACKENDS,
  type NativeBackend,
} from "../../src/lib/adapters/backends/native-backend.ts";
import type { GnnEncoder } from "../../src/lib/encoder/gnn/gnn-encoder.ts";
import type { FeatureTables } from "../../src/lib/features/feature.ts";
import { median, timed } from "../row.ts";
import { largestDifference } from "./fixture.ts";

const THREADS = 2; // as PyG has
/** The GPU's have a work of their own, for one process holds either TensorFlow or its GPU build. */
const ON_CPU = ENCODE_BACKENDS.filter((backend) => backend !== "tensorflow-gpu" && backend !== "webgpu");

/** How fast a backend encodes a whole history. */
export interface Measured {
  readonly backend: EncodeBackend;
  readonly device: string;
  readonly isNative: boolean;
  readonly windows: number; // a second
  /** Largest difference to typed arrays. */
  readonly apart: number;
}

/** Those that are installed, in their order; what is not is not measured. */
export async function measureEncode(
  encoder: GnnEncoder,
  tables: FeatureTables,
  rounds: number,
  among: readonly EncodeBackend[] = ON_CPU,
): Promise<readonly Measured[]> {
  const { vectors, rows } = encoder.encodeHistory(tables);
  const found: Measured[] = [];
  for (const backend of among) {
    const isNative = (NATIVE_BACKENDS as readonly string[]).includes(backend);
    if (isNative && !findBackend(backend as NativeBackend)) continue;
    const { device, embed } = await openBulkEncoder(backend, { threads: THREADS });
    const times = await timed(rounds, () => embed(encoder, tables));
    const apart = largestDifference((await embed(encoder, tables)).vectors, vectors);
    found.push({ backend, device, isNative, windows: rows.length / (median(times) / 1000), apart });
  }
  return found;
}
