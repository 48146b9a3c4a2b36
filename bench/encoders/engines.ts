import type { GnnEncoder } from "../../src/lib/encoder/gnn/gnn-encoder.ts";
import type { FeatureTables } from "../../src/lib/features/feature.ts";

/** A way to encode a whole history, and what it should reach beside PyTorch Geometric. */
export interface EncodeEngine {
  readonly name: string;
  encode(tables: FeatureTables): Promise<Float32Array>; // [A, D]
  readonly target: EncodeTarget;
}

export interface EncodeTarget {
  readonly says: string;
  /** Windows per second, times PyG per window, times PyG with the full history by hand. */
  met(windows: number, perWindow: number, trick: number): boolean;
  /** Least ratio to the full history by hand, null where none is asked for. */
  readonly trick: number | null;
}

const NONE: EncodeTarget = { says: "stated", met: () => true, trick: null };

/** Those that are here; the first is the reference. */
export async function openEncodeEngines(encoder: GnnEncoder): Promise<readonly EncodeEngine[]> {
  return [
    {
      name: "typed arrays, one thread",
      encode: (tables) => Promise.resolve(encoder.encodeHistory(tables).vectors),
      target: NONE,
    },
  ];
}
