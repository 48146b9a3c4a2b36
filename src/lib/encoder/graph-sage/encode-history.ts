import type { FeatureTable } from "../../features/feature.ts";
import type { Embeddings } from "../encoder.ts";
import { findAnchors, type Anchors } from "./anchors.ts";
import type { PackedSage } from "./packed-sage.ts";
import { partialProjection, writeEmbedding } from "./project.ts";
import { propagate } from "./propagate.ts";
import { Readout } from "./readout.ts";
import { sageNodes, type SageNodes } from "./sage-nodes.ts";

const CHUNK = 960; // anchors whose partial sums are held at once

/** Every layer for every node, then the readouts of each timeframe. */
export function readHistory(
  packed: PackedSage,
  columns: readonly FeatureTable[],
  signal?: AbortSignal,
): readonly Readout[] {
  const nodes = sageNodes(columns, packed.model);
  propagate(packed, nodes, 0, nodes.count, undefined, signal);
  return columns.map((_, timeframe) => readoutOf(packed, nodes, timeframe));
}

function readoutOf({ model }: PackedSage, nodes: SageNodes, timeframe: number): Readout {
  const { shape, design } = model;
  const rows = nodes.rows[timeframe]!;
  const readout = new Readout(
    shape.readout,
    design.windows[design.timeframes[timeframe]!]!,
    shape.hidden,
    rows,
  );
  const top = nodes.hidden[shape.layers - 1]!;
  for (let row = 0; row < rows; row++) readout.append(top, nodes.nodeOf[timeframe]![row]!);
  return readout;
}

/** Embeddings of all anchors, or of the newest alone. A anchors, T timeframes, D embedding size. */
export function encodeTables(
  packed: PackedSage,
  columns: readonly FeatureTable[],
  which: "all" | "newest",
  signal?: AbortSignal,
): Embeddings {
  const { shape, warmUp } = packed.model;
  let anchors = findAnchors(columns, warmUp.first);
  if (which === "newest") anchors = newest(anchors, columns[0]!.knownAt.length - 1);
  const { rows } = anchors;
  const vectors = new Float32Array(rows.length * shape.dim);
  if (rows.length > 0) {
    const readouts = readHistory(packed, columns, signal);
    // Coarse partial sums are made once per coarse bar, not once per anchor.
    const coarse = readouts.map((readout, t) => (t === 0 ? null : everyCount(packed, t, readout, anchors)));
    for (let start = 0; start < rows.length; start += CHUNK) {
      signal?.throwIfAborted();
      embedChunk(packed, readouts[0]!, coarse, anchors, start, vectors);
    }
  }
  return {
    dim: shape.dim,
    rows,
    anchors: Float64Array.from(rows, (row) => columns[0]!.knownAt[row]!),
    vectors,
  };
}

interface CoarsePartials {
  readonly from: number; // count of the first row of `partial`
  readonly partial: Float64Array; // [counts, D]
}

function everyCount(
  packed: PackedSage,
  timeframe: number,
  readout: Readout,
  anchors: Anchors,
): CoarsePartials {
  const counts = anchors.counts[timeframe]!;
  const from = counts[0]!;
  const span = counts[counts.length - 1]! - from + 1;
  const all = Int32Array.from({ length: span }, (_, i) => from + i);
  return { from, partial: partialProjection(packed, timeframe, readout, all) };
}

function embedChunk(
  packed: PackedSage,
  base: Readout,
  coarse: readonly (CoarsePartials | null)[],
  anchors: Anchors,
  start: number,
  vectors: Float32Array,
): void {
  const D = packed.model.shape.dim;
  const end = Math.min(start + CHUNK, anchors.rows.length);
  const own = partialProjection(packed, 0, base, anchors.counts[0]!.subarray(start, end));
  const partials = coarse.map((c) => (c === null ? own : c.partial));
  const offsets = new Int32Array(coarse.length);
  const sum = new Float64Array(D);
  for (let a = start; a < end; a++) {
    offsets[0] = (a - start) * D;
    for (let t = 1; t < coarse.length; t++) offsets[t] = (anchors.counts[t]![a]! - coarse[t]!.from) * D;
    writeEmbedding(packed.projectionBias, partials, offsets, vectors, a * D, sum);
  }
}

/** The anchor at `row`, or none. */
function newest({ rows, counts }: Anchors, row: number): Anchors {
  const from = rows[rows.length - 1] === row ? rows.length - 1 : rows.length;
  return { rows: rows.subarray(from), counts: counts.map((c) => c.subarray(from)) };
}
