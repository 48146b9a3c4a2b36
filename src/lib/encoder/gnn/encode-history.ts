import type { FeatureTable } from "../../features/feature.ts";
import { firstHeard } from "../../graph/first-heard.ts";
import { runSteps, type Steps } from "../../math/steps.ts";
import type { Embeddings, EncodeOptions } from "../encoder.ts";
import { findAnchors, type Anchors } from "./anchors.ts";
import { BLOCK_ROWS } from "./dense.ts";
import type { PackedGnn } from "./packed-gnn.ts";
import { partialProjection, writeEmbedding } from "./project.ts";
import { propagate } from "./propagate.ts";
import type { Readout } from "./readout.ts";
import { readoutFor } from "./readout-for.ts";
import type { GnnShape } from "./gnn-model.ts";
import { gnnNodes, type GnnNodes } from "./gnn-nodes.ts";

const CHUNK = 960; // anchors whose partial sums are held at once

/** Every layer for every node, then the readouts of each timeframe. */
export function readHistory(
  packed: PackedGnn,
  columns: readonly FeatureTable[],
  signal?: AbortSignal,
): readonly Readout[] {
  return runSteps(readHistorySteps(packed, columns, signal));
}

const NODES_A_STEP = BLOCK_ROWS * 128;

/** The same in steps of some thousand nodes. */
export function* readHistorySteps(
  packed: PackedGnn,
  columns: readonly FeatureTable[],
  signal?: AbortSignal,
): Steps<readonly Readout[]> {
  const nodes = gnnNodes(columns, packed.model);
  for (let from = 0; from < nodes.count; from += NODES_A_STEP) {
    yield;
    propagate(packed, nodes, from, Math.min(nodes.count, from + NODES_A_STEP), signal);
  }
  return columns.map((_, timeframe) => readoutOf(packed, nodes, timeframe));
}

function readoutOf({ model }: PackedGnn, nodes: GnnNodes, timeframe: number): Readout {
  const rows = nodes.rows[timeframe]!;
  const readout = readoutFor(model, timeframe, rows);
  const top = nodes.hidden[model.shape.layers - 1]!;
  for (let row = 0; row < rows; row++) readout.append(top, nodes.nodeOf[timeframe]![row]!);
  return readout;
}

/**
 * Embeddings of the anchors among base rows [from, to). Where every readout is of the last row, only what they hear is
 * computed; the others are sums from the first row on, which begin there. A anchors, T timeframes, D embedding size.
 */
export function encodeTables(
  packed: PackedGnn,
  columns: readonly FeatureTable[],
  { from = 0, to = Infinity, signal }: EncodeOptions = {},
): Embeddings {
  const { shape, warmUp } = packed.model;
  const chosen = anchorsWithin(findAnchors(columns, warmUp.first), from, to);
  const { rows } = chosen;
  const vectors = new Float32Array(rows.length * shape.dim);
  if (rows.length > 0) {
    const { heard, anchors } = heardBy(packed, columns, chosen);
    const readouts = readHistory(packed, heard, signal);
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

/** Whether embeddings hear rows near them alone, and not all that came before. */
export function hearsNearby({ readout }: Pick<GnnShape, "readout">): boolean {
  return readout.every((kind) => kind === "last");
}

/** The rows that some anchors hear, and the same anchors counted among them. */
export function heardBy(
  { model }: PackedGnn,
  columns: readonly FeatureTable[],
  { rows, counts }: Anchors,
): { readonly heard: readonly FeatureTable[]; readonly anchors: Anchors } {
  const { shape, design } = model;
  const newest = Int32Array.from(counts, (of) => of[0]! - 1);
  const begin = hearsNearby(shape)
    ? firstHeard(columns, design, newest, shape.layers)
    : new Int32Array(counts.length);
  return {
    heard: columns.map((table, t) => rowsOfTable(table, begin[t]!, counts[t]!.at(-1)!)),
    anchors: { rows, counts: counts.map((of, t) => of.map((count) => count - begin[t]!)) },
  };
}

/** Rows [from, to), not copied. */
export function rowsOfTable(table: FeatureTable, from: number, to: number): FeatureTable {
  const F = table.names.length;
  return {
    ...table,
    values: table.values.subarray(from * F, to * F),
    openTime: table.openTime.subarray(from, to),
    knownAt: table.knownAt.subarray(from, to),
  };
}

interface CoarsePartials {
  readonly from: number; // count of the first row of `partial`
  readonly partial: Float64Array; // [counts, D]
}

function everyCount(
  packed: PackedGnn,
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
  packed: PackedGnn,
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

/** Those among base rows [from, to). */
export function anchorsWithin({ rows, counts }: Anchors, from: number, to: number): Anchors {
  const [first, end] = [lowerBound(rows, from), lowerBound(rows, to)];
  return { rows: rows.slice(first, end), counts: counts.map((of) => of.subarray(first, end)) };
}

/** How many of ascending `rows` are below `row`. */
function lowerBound(rows: Int32Array, row: number): number {
  const at = rows.findIndex((one) => one >= row);
  return at < 0 ? rows.length : at;
}
