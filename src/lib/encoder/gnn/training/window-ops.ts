import type { Strand } from "./run.ts";

/** One readout of one strand of nodes; H hidden. */
export interface ReadWindow {
  readonly h: Float32Array; // [n, H]
  readonly strand: Strand;
  readonly hidden: number; // H
  /** Columns of the whole readout, and where this one's begin. */
  readonly width: number;
  readonly at: number;
  /** Rows that a window has. */
  readonly rows: number;
  readonly attention: Float32Array; // [H], of the timeframe
  readonly bias: number;
}

/** Adds to the gradients of `h` and of the attention vector; returns that of its bias. */
type Backward = (dy: Float32Array, dh: Float32Array, dAttention: Float32Array) => number;

/** Writes the readouts of all anchors into `value`, and says how gradients go back. */
export type WindowOp = (window: ReadWindow, value: Float32Array) => Backward;

/** The newest node. */
export const lastWindow: WindowOp = ({ h, strand, hidden: H, width, at }, value) => {
  const { nodes, anchors, counts } = strand;
  const newest = counts.map((count) => nodes[count - 1]! * H);
  anchors.forEach((anchor, i) => value.set(h.subarray(newest[i], newest[i]! + H), anchor * width + at));
  return (dy, dh) => {
    anchors.forEach((anchor, i) => {
      for (let j = 0; j < H; j++) dh[newest[i]! + j]! += dy[anchor * width + at + j]!;
    });
    return 0;
  };
};

/** Mean over the window, by prefix sums forward and by sums of differences backward. */
export const meanWindow: WindowOp = (window, value) => {
  const { strand, hidden: H } = window;
  const ones = new Float64Array(strand.nodes.length).fill(1);
  weightedWindow(window, ones, value);
  return (dy, dh) => {
    const { direct } = weightedBackward(window, ones, dy, value);
    strand.nodes.forEach((node, row) => {
      for (let j = 0; j < H; j++) dh[node * H + j]! += direct[row * H + j]!;
    });
    return 0;
  };
};

/** Scores of attention lie within ±8, so that sums of their exponentials are safe. */
const BOUND = 8;

/** Σ e_j h_j / Σ e_j over the window, e_j = exp(8 tanh((w·h_j + b) / 8)). */
export const attentionWindow: WindowOp = (window, value) => {
  const { h, strand, hidden: H, attention, bias } = window;
  const tanh = Float64Array.from(strand.nodes, (node) => {
    let score = bias;
    for (let j = 0; j < H; j++) score += attention[j]! * h[node * H + j]!;
    return Math.tanh(score / BOUND);
  });
  const weights = tanh.map((t) => Math.exp(BOUND * t));
  weightedWindow(window, weights, value);
  return (dy, dh, dAttention) => {
    const { direct, pulled } = weightedBackward(window, weights, dy, value);
    let dBias = 0;
    strand.nodes.forEach((node, row) => {
      let dScore = -weights[row]! * pulled[row]!;
      for (let j = 0; j < H; j++) dScore += direct[row * H + j]! * h[node * H + j]!;
      dScore *= 1 - tanh[row]! * tanh[row]!;
      for (let j = 0; j < H; j++) {
        dh[node * H + j]! += direct[row * H + j]! + dScore * attention[j]!;
        dAttention[j]! += dScore * h[node * H + j]!;
      }
      dBias += dScore;
    });
    return dBias;
  };
};

/** Exponential mean of everything so far, with span half the window. */
export const decayWindow: WindowOp = ({ h, strand, hidden: H, width, at, rows }, value) => {
  const { nodes, anchors, counts } = strand;
  const keep = 1 - 2 / (rows / 2 + 1);
  const total = new Float64Array(nodes.length + 1);
  const sum = new Float64Array(H);
  let next = 0;
  nodes.forEach((node, row) => {
    total[row + 1] = keep * total[row]! + 1;
    for (let j = 0; j < H; j++) sum[j] = keep * sum[j]! + h[node * H + j]!;
    for (; next < counts.length && counts[next] === row + 1; next++)
      for (let j = 0; j < H; j++) value[anchors[next]! * width + at + j] = sum[j]! / total[row + 1]!;
  });
  return (dy, dh) => {
    const carried = new Float64Array(H);
    let last = counts.length - 1;
    for (let row = nodes.length - 1; row >= 0; row--) {
      for (let j = 0; j < H; j++) carried[j]! *= keep;
      for (; last >= 0 && counts[last] === row + 1; last--)
        for (let j = 0; j < H; j++) carried[j]! += dy[anchors[last]! * width + at + j]! / total[row + 1]!;
      for (let j = 0; j < H; j++) dh[nodes[row]! * H + j]! += carried[j]!;
    }
    return 0;
  };
};

/** Weighted means over windows of the strand's newest rows at each anchor. */
function weightedWindow(
  { h, strand, hidden: H, width, at, rows }: ReadWindow,
  weights: Float64Array,
  value: Float32Array,
): void {
  const { nodes, anchors, counts } = strand;
  const sums = new Float64Array((nodes.length + 1) * H);
  const totals = prefixTotals(weights);
  for (let row = 0; row < nodes.length; row++)
    for (let j = 0; j < H; j++)
      sums[(row + 1) * H + j] = sums[row * H + j]! + weights[row]! * h[nodes[row]! * H + j]!;
  anchors.forEach((anchor, i) => {
    const end = counts[i]!;
    const begin = Math.max(0, end - rows);
    const total = totals[end]! - totals[begin]!;
    for (let j = 0; j < H; j++)
      value[anchor * width + at + j] = (sums[end * H + j]! - sums[begin * H + j]!) / total;
  });
}

/** Per row of the strand: weight · Σ_anchors dy / total, and Σ_anchors (dy · out) / total. */
function weightedBackward(
  { strand, hidden: H, width, at, rows }: ReadWindow,
  weights: Float64Array,
  dy: Float32Array,
  value: Float32Array,
): { readonly direct: Float64Array; readonly pulled: Float64Array } {
  const { nodes, anchors, counts } = strand;
  const direct = new Float64Array((nodes.length + 1) * H);
  const pulled = new Float64Array(nodes.length + 1);
  const totals = prefixTotals(weights);
  anchors.forEach((anchor, i) => {
    const end = counts[i]!;
    const begin = Math.max(0, end - rows);
    const total = totals[end]! - totals[begin]!;
    let along = 0;
    for (let j = 0; j < H; j++) {
      const g = dy[anchor * width + at + j]! / total;
      direct[begin * H + j]! += g;
      direct[end * H + j]! -= g;
      along += g * value[anchor * width + at + j]!;
    }
    pulled[begin]! += along;
    pulled[end]! -= along;
  });
  const sum = new Float64Array(H);
  let along = 0;
  for (let row = 0; row < nodes.length; row++) {
    along += pulled[row]!;
    pulled[row] = along;
    for (let j = 0; j < H; j++) {
      sum[j]! += direct[row * H + j]!;
      direct[row * H + j] = weights[row]! * sum[j]!;
    }
  }
  return { direct, pulled };
}

function prefixTotals(weights: Float64Array): Float64Array {
  const totals = new Float64Array(weights.length + 1);
  for (let row = 0; row < weights.length; row++) totals[row + 1] = totals[row]! + weights[row]!;
  return totals;
}
