import { exp } from "../../../math/exp.ts";
import { grown } from "../../../math/grown.ts";
import { EDGE_ATTRIBUTES, layerInputs, type GnnModel } from "../gnn-model.ts";
import type { GnnNodes } from "../gnn-nodes.ts";
import { padded } from "./message-passing.ts";

const NEGATIVE_SLOPE = 0.2; // of leakyReLU, as in kernels/

// H hidden, C = H / heads, S heads; a row of y is [value H | self H | query H or sender S, receiver S]

/** What attention needs beside the product. */
export interface AttentionPlan {
  readonly kind: "gat" | "gatv2";
  readonly hidden: number; // H
  readonly heads: number; // S
  /** gat: what each attribute adds to each score [A, S]; gatv2: to each value [A, H]. */
  readonly edge: Float64Array;
  /** gatv2: [H]. */
  readonly attend: Float64Array;
}

/** The product of a layer with attention: everything linear in the node's own state at once. */
export interface AttentionLayer {
  readonly weights: Float32Array; // [K, J]
  readonly bias: Float32Array; // [T, J]
  readonly inputs: number; // K
  readonly outputs: number; // J
  readonly attention: AttentionPlan;
}

export function attentionLayer({ shape, weights }: GnnModel, layer: number): AttentionLayer {
  const of = (name: string): Float32Array => weights[`layer${layer}.${name}`]!;
  const inputs = layerInputs(shape, layer);
  const { hidden: H, heads, timeframes: T } = shape;
  const kind = shape.layer === "gat" ? "gat" : "gatv2";
  const [K, J] = [padded(inputs), padded(kind === "gat" ? 2 * H + 2 * heads : 3 * H)];
  const matrix = new Float32Array(K * J);
  const put = (part: Float32Array, column: number, columns: number): void => {
    for (let k = 0; k < inputs; k++)
      matrix.set(part.subarray(k * columns, (k + 1) * columns), k * J + column);
  };
  put(of("value"), 0, H);
  put(of("self"), H, H);
  if (kind === "gatv2") put(of("query"), 2 * H, H);
  else {
    put(perHead(of("value"), of("sender"), inputs, heads), 2 * H, heads);
    put(perHead(of("value"), of("receiver"), inputs, heads), 2 * H + heads, heads);
  }
  const bias = new Float32Array(T * J);
  for (let t = 0; t < T; t++) bias.set(of("bias").subarray(t * H, (t + 1) * H), t * J + H);
  const edge = kind === "gat" ? perHead(of("edge"), of("attendEdge"), EDGE_ATTRIBUTES, heads) : of("edge");
  const attend = Float64Array.from(kind === "gat" ? [] : of("attend"));
  const attention = { kind, hidden: H, heads, edge: Float64Array.from(edge), attend } as const;
  return { weights: matrix, bias, inputs: K, outputs: J, attention };
}

/** Each row's values of a head times its vector: [rows, S]. */
function perHead(matrix: Float32Array, vectors: Float32Array, rows: number, heads: number): Float32Array {
  const H = vectors.length;
  const C = H / heads;
  return Float32Array.from({ length: rows * heads }, (_, i) => {
    const [row, head] = [Math.floor(i / heads), i % heads];
    let sum = 0;
    for (let j = head * C; j < (head + 1) * C; j++) sum += matrix[row * H + j]! * vectors[j]!;
    return sum;
  });
}

/** relu(self + what each head heard) of all nodes, from `y` [N, J] to `target` [N, width]. */
export function attendAll(
  plan: AttentionPlan,
  nodes: GnnNodes,
  y: Float32Array,
  J: number,
  target: Float32Array,
  width: number,
): void {
  const { hidden: H, heads } = plan;
  const score = plan.kind === "gat" ? scoreGat : scoreGatv2;
  const out = new Float64Array(H);
  let scores = new Float64Array(64 * heads);
  for (let n = 0; n < nodes.count; n++) {
    const [begin, end] = [nodes.offsets[n]!, nodes.offsets[n + 1]!];
    for (let j = 0, at = n * J + H; j < H; j++) out[j] = y[at + j]!;
    if (begin < end) {
      scores = grown(scores, (end - begin) * heads);
      score(plan, nodes, y, J, n, scores);
      toShares(scores, end - begin, heads);
      addHeard(plan, y, J, nodes.senders, begin, end, scores, out);
    }
    for (let j = 0, at = n * width; j < H; j++) target[at + j] = out[j]! > 0 ? out[j]! : 0;
    target.fill(0, n * width + H, (n + 1) * width);
  }
}

/** Softmax over E edges for each head, in place: `scores` [E, S]. */
function toShares(scores: Float64Array, E: number, heads: number): void {
  for (let head = 0; head < heads; head++) {
    let largest = -Infinity;
    for (let i = head; i < E * heads; i += heads) if (scores[i]! > largest) largest = scores[i]!;
    let total = 0;
    for (let i = head; i < E * heads; i += heads) total += scores[i] = exp(scores[i]! - largest);
    for (let i = head; i < E * heads; i += heads) scores[i]! /= total;
  }
}

/** Adds Σ_e share · value of the sender of e, head by head. */
function addHeard(
  { hidden: H, heads }: AttentionPlan,
  y: Float32Array,
  J: number,
  senders: Int32Array,
  begin: number,
  end: number,
  shares: Float64Array,
  out: Float64Array,
): void {
  const C = H / heads;
  for (let e = begin, s = 0; e < end; e++) {
    let from = senders[e]! * J;
    for (let head = 0, j = 0; head < heads; head++) {
      const share = shares[s++]!;
      for (const stop = j + C; j < stop; j++) out[j]! += share * y[from++]!;
    }
  }
}

type Score = (
  plan: AttentionPlan,
  nodes: GnnNodes,
  y: Float32Array,
  J: number,
  n: number,
  scores: Float64Array,
) => void;

const scoreGat: Score = ({ hidden: H, heads, edge }, nodes, y, J, n, scores) => {
  const { senders, edgeKind, edgeTime, offsets } = nodes;
  const [own, time] = [n * J + 2 * H + heads, (EDGE_ATTRIBUTES - 1) * heads];
  for (let e = offsets[n]!, s = 0; e < offsets[n + 1]!; e++) {
    const [from, kind] = [senders[e]! * J + 2 * H, edgeKind[e]! * heads];
    for (let head = 0; head < heads; head++) {
      const z = y[from + head]! + y[own + head]! + edge[kind + head]! + edgeTime![e]! * edge[time + head]!;
      scores[s++] = z > 0 ? z : NEGATIVE_SLOPE * z;
    }
  }
};

const scoreGatv2: Score = ({ hidden: H, heads, edge, attend }, nodes, y, J, n, scores) => {
  const { senders, edgeKind, edgeTime, offsets } = nodes;
  const C = H / heads;
  const [query, last] = [n * J + 2 * H, (EDGE_ATTRIBUTES - 1) * H];
  for (let e = offsets[n]!, s = 0; e < offsets[n + 1]!; e++) {
    const [from, kind, time] = [senders[e]! * J, edgeKind[e]! * H, edgeTime![e]!];
    for (let head = 0, j = 0; head < heads; head++) {
      let score = 0;
      for (const stop = j + C; j < stop; j++) {
        const z = y[query + j]! + y[from + j]! + edge[kind + j]! + time * edge[last + j]!;
        score += attend[j]! * (z > 0 ? z : NEGATIVE_SLOPE * z);
      }
      scores[s++] = score;
    }
  }
};

/** x[r] = Σ_e w_e relu(h_j + edge[kind] + time · edge[last]) from node `start` on: what GINE hears. */
export function gatherWithEdges(
  nodes: GnnNodes,
  source: Float32Array,
  width: number,
  edge: Float32Array, // [A, width]
  start: number,
  rows: number,
  x: Float32Array,
  stride: number,
): void {
  const { senders, weights, edgeKind, edgeTime, offsets } = nodes;
  const last = (EDGE_ATTRIBUTES - 1) * width;
  const sum = new Float64Array(width);
  for (let r = 0; r < rows; r++) {
    sum.fill(0);
    for (let e = offsets[start + r]!; e < offsets[start + r + 1]!; e++) {
      const [from, kind, time] = [senders[e]! * width, edgeKind[e]! * width, edgeTime![e]!];
      const weight = weights === null ? 1 : weights[e]!;
      for (let k = 0; k < width; k++) {
        const said = source[from + k]! + edge[kind + k]! + time * edge[last + k]!;
        if (said > 0) sum[k]! += weight * said;
      }
    }
    x.set(sum, r * stride);
  }
}
