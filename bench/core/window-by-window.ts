import type { Tensor2D } from "@tensorflow/tfjs-core";
import type { Tf } from "../../src/lib/encoder/family.ts";
import { receptiveField } from "../../src/lib/encoder/receptive-field.ts";
import type { GnnModel } from "../../src/lib/encoder/gnn/gnn-model.ts";
import { weightShapes } from "../../src/lib/encoder/gnn/gnn-model.ts";
import { gnnNodes, type GnnNodes } from "../../src/lib/encoder/gnn/gnn-nodes.ts";
import type { RunEdges } from "../../src/lib/encoder/gnn/training/run-edges.ts";
import { gnnLayers, oneHotRows } from "../../src/lib/encoder/gnn/training/layers.ts";
import type { FeatureTable, FeatureTables } from "../../src/lib/features/feature.ts";

// The usual way: every anchor its own window graph, graphs in batches, TensorFlow.js on WebAssembly with both patches.

/** Embeddings of the anchors at base rows `rows`, [rows, D], and the nodes of a window. */
export function encodeWindowByWindow(
  tf: Tf,
  model: GnnModel,
  tables: FeatureTables,
  rows: readonly number[],
  batch: number,
): { readonly vectors: Float32Array; readonly nodes: number } {
  const { timeframes } = model.design;
  const field = receptiveField(model.design, { layers: model.shape.layers, readoutWindows: 0, settled: 0 });
  const columns = timeframes.map((timeframe) => tables[timeframe]!);
  const vectors = new Float32Array(rows.length * model.shape.dim);
  const ends = columns.map(() => 0);
  let nodes = 0;
  for (let from = 0; from < rows.length; from += batch) {
    const graphs = rows.slice(from, from + batch).map((row) => {
      const anchor = columns[0]!.knownAt[row]!;
      const windows = columns.map((table, t) => windowOf(table, anchor, field[table.timeframe]!, ends, t));
      return gnnNodes(windows, model);
    });
    nodes = Math.max(nodes, graphs[0]!.count);
    vectors.set(forward(tf, model, graphs), from * model.shape.dim);
  }
  return { vectors, nodes };
}

/** The newest `length` rows known at `anchor`; anchors ascend, so the search goes on from the last. */
function windowOf(
  table: FeatureTable,
  anchor: number,
  length: number,
  ends: number[],
  t: number,
): FeatureTable {
  while (ends[t]! < table.knownAt.length && table.knownAt[ends[t]!]! <= anchor) ends[t]!++;
  const [from, to] = [Math.max(0, ends[t]! - length), ends[t]!];
  const F = table.names.length;
  return {
    ...table,
    values: table.values.subarray(from * F, to * F),
    openTime: table.openTime.subarray(from, to),
    knownAt: table.knownAt.subarray(from, to),
  };
}

/** Disjoint union of the graphs, message passing, last node per timeframe, projection, LayerNorm, unit length. */
function forward(tf: Tf, model: GnnModel, graphs: readonly GnnNodes[]): Float32Array {
  const { shape, weights } = model;
  const union = unionOf(graphs, shape.features, shape.timeframes);
  return tf.tidy(() => {
    const tensors = Object.fromEntries(
      Object.entries(weightShapes(shape)).map(([name, size]) => [
        name,
        tf.tensor2d(weights[name]!, [...size]),
      ]),
    );
    const inputs = tf.tensor2d(union.inputs, [union.count, shape.features]);
    const oneHot = tf.tensor2d(oneHotRows(union.timeframe, shape.timeframes), [
      union.count,
      shape.timeframes,
    ]);
    const top = gnnLayers(tf, shape, tensors, inputs, oneHot, union.edges);
    const read = tf.reshape(tf.gather(top, tf.tensor1d(union.last, "int32")), [graphs.length, -1]);
    const projected = tf.add<Tensor2D>(
      tf.matMul(read, tensors["projection.weight"]!),
      tensors["projection.bias"]!,
    );
    const centred = tf.sub(projected, tf.mean(projected, 1, true));
    const scaled = tf.div(centred, tf.sqrt(tf.add(tf.mean(tf.mul(centred, centred), 1, true), 1e-5)));
    const length = tf.sqrt(tf.sum(tf.mul(scaled, scaled), 1, true));
    return tf.div(scaled, length).dataSync() as Float32Array;
  });
}

interface Union {
  readonly count: number;
  readonly inputs: Float32Array;
  readonly timeframe: Uint8Array;
  readonly edges: RunEdges;
  /** Newest node of every timeframe of every graph. [graphs, T] */
  readonly last: Int32Array;
}

function unionOf(graphs: readonly GnnNodes[], F: number, T: number): Union {
  const count = graphs.reduce((sum, graph) => sum + graph.count, 0);
  const edges = graphs.reduce((sum, graph) => sum + graph.offsets[graph.count]!, 0);
  const inputs = new Float32Array(count * F);
  const timeframe = new Uint8Array(count);
  const offsets = new Int32Array(count + 1);
  const senders = new Int32Array(edges);
  const shares = new Float32Array(edges);
  const last = new Int32Array(graphs.length * T);
  let [node, edge] = [0, 0];
  graphs.forEach((graph, g) => {
    inputs.set(graph.inputs, node * F);
    timeframe.set(graph.timeframe, node);
    for (let t = 0; t < T; t++) last[g * T + t] = node + graph.nodeOf[t]![graph.rows[t]! - 1]!;
    for (let n = 0; n < graph.count; n++) {
      const [begin, end] = [graph.offsets[n]!, graph.offsets[n + 1]!];
      for (let e = begin; e < end; e++, edge++) {
        senders[edge] = graph.senders[e]! + node;
        shares[edge] = 1 / (end - begin);
      }
      offsets[node + n + 1] = edge;
    }
    node += graph.count;
  });
  const unused = { weights: shares, kinds: new Uint8Array(edges), times: new Float32Array(edges) }; // by means
  return { count, inputs, timeframe, edges: { offsets, senders, shares, ...unused }, last };
}
