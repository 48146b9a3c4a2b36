import type { Anchors } from "../anchors.ts";
import type { GnnModel } from "../gnn-model.ts";
import type { GnnNodes } from "../gnn-nodes.ts";
import { readoutFor } from "../readout-for.ts";
import { paddedMatrix } from "./layer-plan.ts";
import { padded, type EdgesAt, type MessageMemory } from "./message-passing.ts";
import type { RunProducts, WriteInputs } from "./run-products.ts";

const LAYER_NORM_EPSILON = 1e-5; // as in project.ts

/** Projected readouts of one timeframe after each of its row counts from `from` on. */
export interface Partials {
  readonly from: number;
  readonly width: number; // D, padded
  readonly values: Float32Array; // [counts, width]
}

/** Those of every timeframe, for every count that some anchor has. */
export async function projectReadouts(
  memory: MessageMemory,
  model: GnnModel,
  nodes: GnnNodes,
  top: number,
  anchors: Anchors,
  own: EdgesAt,
  run: RunProducts,
  signal?: AbortSignal,
): Promise<readonly Partials[]> {
  const { shape, weights } = model;
  const { readout, hidden, dim, timeframes } = shape;
  const kinds = readout.length;
  const [H, D] = [padded(hidden), padded(dim)];
  const partials: Partials[] = [];
  for (let t = 0; t < timeframes; t++) {
    const from = anchors.counts[t]![0]!;
    const counts = anchors.counts[t]!.at(-1)! - from + 1;
    const matrix = weights["projection.weight"]!.subarray(
      t * kinds * hidden * dim,
      (t + 1) * kinds * hidden * dim,
    );
    const wide = new Float32Array(kinds * H * D);
    for (let k = 0; k < kinds; k++) {
      const block = matrix.subarray(k * hidden * dim, (k + 1) * hidden * dim);
      wide.set(paddedMatrix(block, hidden, dim, H, D), k * H * D);
    }
    const mark = memory.mark;
    const out = memory.room((counts + 3) * D);
    const write = readoutWriter(memory, model, nodes, top, t, from, counts, own);
    const product = {
      inputs: kinds * H,
      outputs: D,
      weights: wide,
      bias: new Float32Array(D),
      biasOf: null,
      relu: false,
    };
    await run(product, counts, write, out, signal);
    partials.push({ from, width: D, values: memory.floats(out, counts * D).slice() });
    memory.release(mark);
  }
  return partials;
}

/** Writes the readouts of a timeframe after `from`, `from + 1`, … rows. */
function readoutWriter(
  memory: MessageMemory,
  model: GnnModel,
  nodes: GnnNodes,
  top: number,
  t: number,
  from: number,
  counts: number,
  own: EdgesAt,
): WriteInputs {
  const { readout, hidden } = model.shape;
  const H = padded(hidden);
  if (readout.every((kind) => kind === "last")) {
    // The row of count c is c − 1: one edge from its node each.
    const of = nodes.nodeOf[t]!.subarray(from - 1, from - 1 + counts);
    const edges = { begin: own.begin, end: own.end, senders: memory.keepInts(of), shares: own.shares };
    return (start, rows, x, stride) => {
      readout.forEach((_, k) => memory.gather(false, top, H, edges, start, rows, x + k * H * 4, stride));
    };
  }
  const filled = filledReadout(memory, model, nodes, top, t);
  const wide = new Float64Array(readout.length * hidden);
  return (start, rows, x, stride) => {
    const out = memory.floats(x, rows * stride);
    for (let r = 0; r < rows; r++) {
      filled.write(from + start + r, wide, 0);
      for (let k = 0; k < readout.length; k++)
        for (let j = 0; j < hidden; j++) out[r * stride + k * H + j] = wide[k * hidden + j]!;
    }
  };
}

function filledReadout(
  memory: MessageMemory,
  model: GnnModel,
  nodes: GnnNodes,
  top: number,
  t: number,
): ReturnType<typeof readoutFor> {
  const rows = nodes.rows[t]!;
  const H = padded(model.shape.hidden);
  const readout = readoutFor(model, t, rows);
  const states = memory.floats(top, nodes.count * H);
  const row = new Float32Array(model.shape.hidden);
  for (let i = 0; i < rows; i++) {
    const at = nodes.nodeOf[t]![i]! * H;
    row.set(states.subarray(at, at + row.length));
    readout.append(row, 0);
  }
  return readout;
}

/** As `writeEmbedding` of project.ts, for all anchors. */
export function writeEmbeddings(
  bias: Float64Array,
  partials: readonly Partials[],
  { rows, counts }: Anchors,
  vectors: Float32Array,
): void {
  const D = bias.length;
  const sum = new Float64Array(D);
  for (let a = 0; a < rows.length; a++) {
    sum.set(bias);
    for (let t = 0; t < partials.length; t++) {
      const { from, width, values } = partials[t]!;
      const at = (counts[t]![a]! - from) * width;
      for (let j = 0; j < D; j++) sum[j]! += values[at + j]!;
    }
    let mean = 0;
    for (let j = 0; j < D; j++) mean += sum[j]!;
    mean /= D;
    let squares = 0;
    for (let j = 0; j < D; j++) {
      sum[j]! -= mean;
      squares += sum[j]! * sum[j]!;
    }
    const length = Math.sqrt(squares / (squares / D + LAYER_NORM_EPSILON));
    const scale = 1 / (Math.sqrt(squares / D + LAYER_NORM_EPSILON) * length);
    if (!(length > 0)) vectors.fill(1 / Math.sqrt(D), a * D, (a + 1) * D);
    else for (let j = 0; j < D; j++) vectors[a * D + j] = sum[j]! * scale;
  }
}
