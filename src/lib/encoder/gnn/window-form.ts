import type { FeatureRow, FeatureTable, FeatureTables } from "../../features/feature.ts";
import type { Encoder, Embeddings, EncodeOptions, EncoderStream } from "../encoder.ts";
import { findAnchors, type Anchors } from "./anchors.ts";
import { assertNextRow } from "./assert-next-row.ts";
import { anchorsWithin, readHistory, rowsOfTable } from "./encode-history.ts";
import type { GnnEncoder } from "./gnn-encoder.ts";
import type { GnnModel } from "./gnn-model.ts";
import { tablesOf } from "./gnn-nodes.ts";
import { packGnn, type PackedGnn } from "./packed-gnn.ts";
import { partialProjection, writeEmbedding } from "./project.ts";

/**
 * The same weights over another form of graph: each anchor's embedding is that of its own window graph, the last rows of
 * each timeframe as the design's `windows` count them, with the edges among those and nothing else. It hears exactly its
 * windows, which a graph of the whole history does not promise, and costs as much for each anchor as a window has nodes:
 * for comparing forms, and for chosen anchors (`from`, `to`). `version` says both; files are those of `encoder`.
 */
export function windowForm(encoder: GnnEncoder): Encoder {
  const { model, origin, kind, dim, design, featureSet, featureSetHash, knownAt } = encoder;
  const packed = packGnn(model);
  const columnsOf = (tables: FeatureTables): FeatureTable[] =>
    tablesOf(tables, design.timeframes, origin.featureNames);
  return {
    ...{ kind, dim, design, featureSet, featureSetHash, knownAt },
    version: `window_${encoder.version}`,
    receptiveField: Object.fromEntries(
      design.timeframes.map((timeframe) => [timeframe, design.windows[timeframe]! + model.warmUp.settled]),
    ),
    hearsNearby: true,
    encodeHistory: (tables, options) => encodeWindows(packed, columnsOf(tables), options),
    anchorRows: (tables) => findAnchors(columnsOf(tables), model.warmUp.first).rows,
    encodeWindow(tables) {
      const columns = columnsOf(tables);
      const { vectors } = encodeWindows(packed, columns, { from: columns[0]!.knownAt.length - 1 });
      return vectors.length > 0 ? vectors : encoder.encodeWindow(tables); // which says what is missing
    },
    stream: () => new WindowStream(packed),
  };
}

/** The window graphs of the anchors among base rows [from, to), one after the other. */
function encodeWindows(
  packed: PackedGnn,
  columns: readonly FeatureTable[],
  { from = 0, to = Infinity, signal }: EncodeOptions = {},
): Embeddings {
  const { shape, warmUp } = packed.model;
  const { rows, counts }: Anchors = anchorsWithin(findAnchors(columns, warmUp.first), from, to);
  const vectors = new Float32Array(rows.length * shape.dim);
  for (let a = 0; a < rows.length; a++) {
    signal?.throwIfAborted();
    const shown = columns.map((table, t) => windowOf(packed.model, table, counts[t]![a]!));
    embedWindow(packed, shown, vectors, a * shape.dim);
  }
  return {
    dim: shape.dim,
    rows,
    anchors: Float64Array.from(rows, (row) => columns[0]!.knownAt[row]!),
    vectors,
  };
}

/** The window that ends with row `count` − 1. */
function windowOf({ design }: GnnModel, table: FeatureTable, count: number): FeatureTable {
  return rowsOfTable(table, Math.max(0, count - design.windows[table.timeframe]!), count);
}

/** The embedding of a graph of these rows alone, at `out[at]…`. */
function embedWindow(packed: PackedGnn, shown: readonly FeatureTable[], out: Float32Array, at: number): void {
  const partials = readHistory(packed, shown).map((readout, t) =>
    partialProjection(packed, t, readout, [shown[t]!.knownAt.length]),
  );
  const { dim } = packed.model.shape;
  writeEmbedding(
    packed.projectionBias,
    partials,
    new Int32Array(partials.length),
    out,
    at,
    new Float64Array(dim),
  );
}

/** Keeps the rows of the windows alone. */
class WindowStream implements EncoderStream {
  readonly #packed: PackedGnn;
  /** Rows of each timeframe: its window at the newest base row, and what came after that. */
  readonly #rows: FeatureRow[][];
  readonly #seen: number[];
  #newest: FeatureRow | undefined;

  constructor(packed: PackedGnn) {
    this.#packed = packed;
    this.#rows = packed.model.design.timeframes.map(() => []);
    this.#seen = packed.model.design.timeframes.map(() => 0);
  }

  push(row: FeatureRow): void {
    const { model } = this.#packed;
    assertNextRow(model, row, this.#newest);
    const { timeframes, windows } = model.design;
    const t = timeframes.indexOf(row.timeframe);
    this.#newest = row;
    this.#rows[t]!.push({ ...row, values: row.values.slice() });
    this.#seen[t]!++;
    if (t !== 0) return;
    this.#rows.forEach((rows, i) => rows.splice(0, Math.max(0, rows.length - windows[timeframes[i]!]!)));
  }

  embed(): Float32Array | null {
    const { shape, design, warmUp } = this.#packed.model;
    const anchor = this.#rows[0]!.at(-1)?.knownAt;
    if (anchor === undefined) return null;
    const shown = this.#rows.map((rows) => rows.filter((row) => row.knownAt <= anchor));
    const later = this.#rows.map((rows, t) => rows.length - shown[t]!.length);
    if (later.some((count, t) => this.#seen[t]! - count <= warmUp.first)) return null;
    const vector = new Float32Array(shape.dim);
    const columns = shown.map((rows, t) =>
      tableOfRows(design.timeframes[t]!, rows.slice(-design.windows[design.timeframes[t]!]!)),
    );
    embedWindow(this.#packed, columns, vector, 0);
    return vector;
  }
}

function tableOfRows(timeframe: string, rows: readonly FeatureRow[]): FeatureTable {
  const F = rows[0]?.values.length ?? 0;
  const values = new Float64Array(rows.length * F);
  rows.forEach((row, i) => values.set(row.values, i * F));
  return {
    timeframe,
    names: Array.from({ length: F }, (_, f) => String(f)),
    values,
    openTime: Float64Array.from(rows, (row) => row.openTime),
    knownAt: Float64Array.from(rows, (row) => row.knownAt),
  };
}
