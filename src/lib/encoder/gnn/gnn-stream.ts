import type { FeatureRow } from "../../features/feature.ts";
import type { EncoderStream } from "../encoder.ts";
import { nominalWidth } from "../../time/timeframe.ts";
import { scaleRows } from "../scaler.ts";
import { linkedPairs } from "../../graph/cross-links.ts";
import { EDGE_KINDS } from "../../graph/graph.ts";
import { timeWeight } from "../../graph/edge-weights.ts";
import { grown } from "../../math/grown.ts";
import { assertNextRow } from "./assert-next-row.ts";
import { keptWidth, readsEdges } from "./gnn-model.ts";
import type { PackedGnn } from "./packed-gnn.ts";
import { partialProjection, writeEmbedding } from "./project.ts";
import { propagate } from "./propagate.ts";
import type { Readout } from "./readout.ts";
import { readoutFor } from "./readout-for.ts";
import type { GnnNodes } from "./gnn-nodes.ts";

const [TEMPORAL, DOWN, UP] = [...EDGE_KINDS.keys()] as [number, number, number];

/**
 * The live path: one candle, a few rows; equal to `encodeHistory` over the same rows, bit for bit. Keeps only the rows that
 * those to come can still hear or read out, about 1.3 kB each with the usual sizes: rows are numbered from the first one
 * kept, and what went before them is let go from time to time.
 */
export class GnnStream implements EncoderStream {
  readonly #packed: PackedGnn;
  readonly #nodes: GnnNodes;
  readonly #readouts: readonly Readout[];
  /** Times of the rows of each timeframe, and how many finer rows its newest candle has seen. */
  readonly #openTime: Float64Array[];
  readonly #heard: Int32Array[]; // T × [T]
  readonly #widths: readonly number[]; // [T] nominal, in ms
  readonly #pairs: ReturnType<typeof linkedPairs>;
  /** Partial sums of coarse timeframes by count: they change only when a coarse bar closes. */
  readonly #partials: { count: number; partial: Float64Array }[];
  /** Rows of each timeframe that were let go. */
  readonly #gone: Int32Array; // [T]
  readonly #room: number;
  #full: number;

  /** @param room so many rows are kept at least before any is let go */
  constructor(packed: PackedGnn, room = 1_024) {
    const { design } = packed.model;
    this.#packed = packed;
    this.#nodes = emptyNodes(packed);
    this.#readouts = design.timeframes.map((_, t) => readoutFor(packed.model, t));
    this.#openTime = design.timeframes.map(() => new Float64Array(64));
    this.#heard = design.timeframes.map(() => new Int32Array(design.timeframes.length));
    this.#widths = design.timeframes.map(nominalWidth);
    this.#pairs = linkedPairs(design.timeframes.length, design.crossPairs);
    this.#partials = design.timeframes.map(() => ({ count: -1, partial: new Float64Array(0) }));
    this.#gone = new Int32Array(design.timeframes.length);
    [this.#room, this.#full] = [room, room];
  }

  push(row: FeatureRow): void {
    const { shape, design, scaler } = this.#packed.model;
    const nodes = this.#nodes;
    const t = design.timeframes.indexOf(row.timeframe);
    this.#check(row);
    const node = nodes.count;
    const own = nodes.rows[t]!;
    this.#reserve(node + 1);
    nodes.timeframe[node] = t;
    nodes.knownAt[node] = row.knownAt;
    scaleRows(row.values, scaler[row.timeframe]!, 0, 1, nodes.inputs, node * shape.features);
    nodes.nodeOf[t] = grown(nodes.nodeOf[t]!, own + 1);
    nodes.nodeOf[t][own] = node;
    this.#openTime[t] = grown(this.#openTime[t]!, own + 1);
    this.#openTime[t][own] = row.openTime;
    this.#connect(node, t, own);
    nodes.rows[t] = own + 1;
    nodes.count = node + 1;
    propagate(this.#packed, nodes, node, node + 1);
    this.#readouts[t]!.append(nodes.hidden[shape.layers - 1]!, node);
    if (nodes.count >= this.#full) this.#letGo();
  }

  embed(): Float32Array | null {
    const { shape, warmUp } = this.#packed.model;
    const nodes = this.#nodes;
    const rows = nodes.rows[0]!;
    if (rows === 0) return null;
    const anchor = nodes.knownAt[nodes.nodeOf[0]![rows - 1]!]!;
    const counts = Int32Array.from(nodes.rows, (_, t) => this.#knownRows(t, anchor));
    const known = counts.map((count, t) => this.#gone[t]! + count);
    if (known.some((count) => count <= warmUp.first)) return null;
    const partials = Array.from(known, (count, t) => this.#partial(t, count));
    const vector = new Float32Array(shape.dim);
    const offsets = new Int32Array(partials.length);
    writeEmbedding(this.#packed.projectionBias, partials, offsets, vector, 0, new Float64Array(shape.dim));
    return vector;
  }

  /** Kept rows of a timeframe known by the anchor: all, unless a coarser bar has come after the newest base bar. */
  #knownRows(t: number, anchor: number): number {
    const nodes = this.#nodes;
    let rows = nodes.rows[t]!;
    while (rows > 0 && nodes.knownAt[nodes.nodeOf[t]![rows - 1]!]! > anchor) rows--;
    return rows;
  }

  #partial(t: number, count: number): Float64Array {
    const cached = this.#partials[t]!;
    if (cached.count !== count) {
      cached.partial = partialProjection(this.#packed, t, this.#readouts[t]!, [count]);
      cached.count = count;
    }
    return cached.partial;
  }

  /** Incoming edges of the newest row, in the order of graph/edges.ts: temporal, down, up. */
  #connect(node: number, t: number, row: number): void {
    const { design } = this.#packed.model;
    const nodes = this.#nodes;
    let edge = 0; // those of earlier rows have been gone along
    const add = (sender: number, coarser: number, kind: number): void => {
      nodes.senders = grown(nodes.senders, edge + 1);
      nodes.senders[edge] = sender;
      nodes.edgeKind = grown(nodes.edgeKind, edge + 1);
      nodes.edgeKind[edge] = kind;
      if (nodes.weights || nodes.edgeTime) {
        const age = nodes.knownAt[node]! - nodes.knownAt[sender]!;
        const weight = timeWeight(age, this.#widths[coarser]!);
        if (nodes.weights) (nodes.weights = grown(nodes.weights, edge + 1))[edge] = weight;
        if (nodes.edgeTime) (nodes.edgeTime = grown(nodes.edgeTime, edge + 1))[edge] = weight;
      }
      edge++;
    };
    for (const d of design.dilations) if (row >= d) add(nodes.nodeOf[t]![row - d]!, t, TEMPORAL);
    // At equal times finer rows come first, so every coarser row that is here was known before.
    if (design.cross.includes("down"))
      for (const [f, c] of this.#pairs)
        if (f === t && nodes.rows[c]! > 0) add(nodes.nodeOf[c]![nodes.rows[c]! - 1]!, c, DOWN);
    for (const [f, c] of this.#pairs) {
      if (c !== t) continue;
      const end = nodes.rows[f]!;
      let first = this.#heard[t]![f]!;
      this.#heard[t]![f] = end;
      while (first < end && this.#openTime[f]![first]! < this.#openTime[t]![row]!) first++;
      if (design.cross.includes("up"))
        for (let inside = first; inside < end; inside++) add(nodes.nodeOf[f]![inside]!, t, UP);
    }
    [nodes.offsets[node], nodes.offsets[node + 1]] = [0, edge];
  }

  /** Lets go of all rows before the first one that is still needed, of whatever timeframe. */
  #letGo(): void {
    const { shape } = this.#packed.model;
    const nodes = this.#nodes;
    const from = Math.min(...nodes.nodeOf.map((nodeOf, t) => nodeOf[this.#needed(t)] ?? nodes.count));
    for (const array of [nodes.timeframe, nodes.knownAt]) array.copyWithin(0, from, nodes.count);
    nodes.inputs.copyWithin(0, from * shape.features, nodes.count * shape.features);
    for (const hidden of nodes.hidden) hidden.copyWithin(0, from * shape.hidden, nodes.count * shape.hidden);
    const kept = keptWidth(shape);
    for (const states of nodes.kept) states.copyWithin(0, from * kept, nodes.count * kept);
    nodes.count -= from;
    nodes.nodeOf.forEach((nodeOf, t) => {
      const rows = nodes.rows[t]!;
      let gone = 0;
      while (gone < rows && nodeOf[gone]! < from) gone++;
      for (let row = gone; row < rows; row++) nodeOf[row - gone] = nodeOf[row]! - from;
      this.#openTime[t]!.copyWithin(0, gone, rows);
      nodes.rows[t] = rows - gone;
      this.#gone[t]! += gone;
      for (const heard of this.#heard) heard[t] = Math.max(0, heard[t]! - gone);
      this.#readouts[t]!.letGo(this.#gone[t]! + this.#needed(t));
    });
    this.#full = Math.max(this.#room, 2 * nodes.count);
  }

  /** The first kept row of a timeframe that a row to come may hear, or that is known by the newest anchor. */
  #needed(t: number): number {
    const { dilations } = this.#packed.model.design;
    const nodes = this.#nodes;
    const rows = nodes.rows[t]!;
    const [base] = nodes.nodeOf;
    const newest = nodes.rows[0]! > 0 ? nodes.knownAt[base![nodes.rows[0]! - 1]!]! : -Infinity;
    const unheard = this.#pairs.flatMap(([f, c]) => (f === t ? [this.#heard[c]![f]!] : []));
    return Math.max(
      0,
      Math.min(rows - Math.max(1, ...dilations), this.#knownRows(t, newest) - 1, ...unheard),
    );
  }

  #reserve(count: number): void {
    const { shape } = this.#packed.model;
    const nodes = this.#nodes;
    nodes.timeframe = grown(nodes.timeframe, count);
    nodes.knownAt = grown(nodes.knownAt, count);
    nodes.offsets = grown(nodes.offsets, count + 1);
    nodes.inputs = grown(nodes.inputs, count * shape.features);
    for (let layer = 0; layer < shape.layers; layer++) {
      nodes.hidden[layer] = grown(nodes.hidden[layer]!, count * shape.hidden);
      nodes.kept[layer] = grown(nodes.kept[layer]!, count * keptWidth(shape));
    }
  }

  #check(row: FeatureRow): void {
    const { count, knownAt, timeframe } = this.#nodes;
    const { model } = this.#packed;
    const before = count > 0 && {
      knownAt: knownAt[count - 1]!,
      timeframe: model.design.timeframes[timeframe[count - 1]!]!,
    };
    assertNextRow(model, row, before || undefined);
  }
}

function emptyNodes({ model }: PackedGnn): GnnNodes {
  const { shape, design } = model;
  const capacity = 64;
  return {
    count: 0,
    timeframe: new Uint8Array(capacity),
    knownAt: new Float64Array(capacity),
    offsets: new Int32Array(capacity + 1),
    senders: new Int32Array(capacity * 8),
    weights: design.weights === "none" ? null : new Float64Array(capacity * 8),
    edgeKind: new Uint8Array(capacity * 8),
    edgeTime: readsEdges(shape.layer) ? new Float64Array(capacity * 8) : null,
    inputs: new Float32Array(capacity * shape.features),
    hidden: Array.from({ length: shape.layers }, () => new Float32Array(capacity * shape.hidden)),
    kept: Array.from({ length: shape.layers }, () => new Float32Array(capacity * keptWidth(shape))),
    nodeOf: design.timeframes.map(() => new Int32Array(capacity)),
    rows: new Int32Array(design.timeframes.length),
  };
}
