import { parentPort } from "node:worker_threads";
import { encodeTables } from "../../encoder/gnn/encode-history.ts";
import type { GnnModel } from "../../encoder/gnn/gnn-model.ts";
import { encodeNatively } from "../../encoder/gnn/native/encode-native.ts";
import { packGnn, type PackedGnn } from "../../encoder/gnn/packed-gnn.ts";
import type { FeatureTable } from "../../features/feature.ts";

// A thread of `encode-threads.ts`: first a model, then stretches of base rows, whose embeddings go to shared memory.

/** What a thread is told; all arrays of `columns` and `vectors` are shared. */
export type ThreadOrder =
  | { readonly kind: "model"; readonly model: GnnModel }
  | { readonly kind: "columns"; readonly columns: readonly FeatureTable[] }
  | {
      readonly kind: "encode";
      readonly with: "arrays" | "simd";
      readonly from: number;
      readonly to: number;
      readonly vectors: Float32Array;
      readonly at: number;
    };

/** Of an `encode`: null, or why it failed. */
export interface ThreadAnswer {
  readonly failure: string | null;
}

let packed: PackedGnn | null = null;
let columns: readonly FeatureTable[] = [];

parentPort!.on("message", (order: ThreadOrder) => {
  if (order.kind === "model") packed = packGnn(order.model);
  else if (order.kind === "columns") columns = order.columns;
  else
    encode(order).then(
      () => parentPort!.postMessage({ failure: null } satisfies ThreadAnswer, []),
      (error: unknown) => {
        const failure = error instanceof Error ? error.message : String(error);
        parentPort!.postMessage({ failure } satisfies ThreadAnswer, []);
      },
    );
});

async function encode({
  with: how,
  from,
  to,
  vectors,
  at,
}: Extract<ThreadOrder, { kind: "encode" }>): Promise<void> {
  const range = { from, to };
  const made =
    how === "arrays"
      ? encodeTables(packed!, columns, range)
      : await encodeNatively(packed!, columns, "simd", range);
  vectors.set(made.vectors, at);
}
