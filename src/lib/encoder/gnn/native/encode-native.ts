import type { FeatureTable } from "../../../features/feature.ts";
import type { Embeddings, EncodeOptions } from "../../encoder.ts";
import { findAnchors, type Anchors } from "../anchors.ts";
import { anchorsWithin, hearsNearby, heardBy } from "../encode-history.ts";
import { gnnNodes, type GnnNodes } from "../gnn-nodes.ts";
import type { PackedGnn } from "../packed-gnn.ts";
import { EdgeSets } from "./edge-sets.ts";
import { layerPlan } from "./layer-plan.ts";
import type { MatrixEngine } from "./matrix-engine.ts";
import { MessageMemory, type EdgesAt } from "./message-passing.ts";
import { nativeLayers } from "./native-layers.ts";
import { projectReadouts, writeEmbeddings } from "./native-project.ts";
import { engineProducts, simdProducts, type RunProducts } from "./run-products.ts";

/** What multiplies: our own WebAssembly kernel, or another engine. */
export type Multiplier = "simd" | MatrixEngine;

export interface NativeOptions extends EncodeOptions {
  /** Anchors that are encoded together, where embeddings hear nearby rows alone: what bounds the memory. */
  readonly stretch?: number;
  /** Rows that another engine multiplies at once. */
  readonly chunk?: number;
  /** Told once where memory was short and stretches were halved. */
  readonly onSmaller?: (stretch: number) => void;
}

const STRETCH = 200_000; // some 300 MB with 64 hidden units
const LEAST = 1_000;
const CHUNK = 8_192;

/**
 * `encodeTables` in single precision: the same embeddings to 1e-5, several times as fast. With "simd" the same bits on every
 * machine, since no operation is fused. Short of memory, it goes on with half as many anchors at a time.
 */
export async function encodeNatively(
  packed: PackedGnn,
  columns: readonly FeatureTable[],
  multiplier: Multiplier,
  { from = 0, to = Infinity, signal, stretch = STRETCH, chunk = CHUNK, onSmaller }: NativeOptions = {},
): Promise<Embeddings> {
  const { shape, warmUp } = packed.model;
  const chosen = anchorsWithin(findAnchors(columns, warmUp.first), from, to);
  const { rows } = chosen;
  const vectors = new Float32Array(rows.length * shape.dim);
  let size = hearsNearby(shape) ? stretch : Infinity;
  let told = false;
  for (let start = 0; start < rows.length;) {
    const end = Math.min(start + size, rows.length);
    const part = {
      rows: rows.subarray(start, end),
      counts: chosen.counts.map((of) => of.subarray(start, end)),
    };
    try {
      const out = vectors.subarray(start * shape.dim, end * shape.dim);
      await encodePart(packed, columns, part, multiplier, chunk, out, signal);
      start = end;
    } catch (error) {
      if (!isOutOfMemory(error) || size <= LEAST || size === Infinity) throw error;
      size = Math.max(LEAST, Math.ceil((end - start) / 2));
      if (!told) onSmaller?.(size);
      told = true;
    }
  }
  const anchors = Float64Array.from(rows, (row) => columns[0]!.knownAt[row]!);
  return { dim: shape.dim, rows, anchors, vectors };
}

async function encodePart(
  packed: PackedGnn,
  columns: readonly FeatureTable[],
  part: Anchors,
  multiplier: Multiplier,
  chunk: number,
  vectors: Float32Array,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { model } = packed;
  const { heard, anchors } = heardBy(packed, columns, part);
  // Without room for hidden layers: they lie in the kernels' memory.
  const nodes = gnnNodes(heard, { ...model, shape: { ...model.shape, layers: 0 } });
  const memory = new MessageMemory();
  const run: RunProducts =
    multiplier === "simd" ? simdProducts(memory) : engineProducts(memory, multiplier, chunk);
  const plans = Array.from({ length: model.shape.layers }, (_, layer) => layerPlan(model, layer));
  const edges = new EdgeSets(memory, nodes, plans);
  const own = ownEdges(memory, nodes);
  const top = await nativeLayers(memory, nodes, model.shape.features, plans, edges, own, run, signal);
  const partials = await projectReadouts(memory, model, nodes, top, anchors, own, run, signal);
  writeEmbeddings(packed.projectionBias, partials, anchors, vectors);
}

/** Every node hears itself: what copies rows. */
function ownEdges(memory: MessageMemory, { count }: GnnNodes): EdgesAt {
  const each = memory.keepInts(Int32Array.from({ length: count + 1 }, (_, n) => n));
  return {
    begin: each,
    end: each + 4,
    senders: each,
    shares: memory.keepFloats(new Float32Array(count).fill(1)),
  };
}

/** Of WebAssembly, of typed arrays, of TensorFlow and of onnxruntime, each in its own words. */
export function isOutOfMemory(error: unknown): boolean {
  const text = error instanceof Error ? error.message : String(error);
  return /out of memory|OOM|allocation failed|Array buffer allocation|Memory\.grow|bad_alloc|RESOURCE_EXHAUSTED/i.test(
    text,
  );
}
