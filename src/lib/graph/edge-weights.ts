import { RhymeError } from "../errors.ts";
import type { DurationMs } from "../time/units.ts";
import { nominalWidth, type Timeframe } from "../time/timeframe.ts";
import type { Edges } from "./edges.ts";
import type { GraphDesign } from "./graph-design.ts";
import type { NodeOrder } from "./node-order.ts";

/** Traded volume of every row, per timeframe. */
export type Volumes = Readonly<Record<Timeframe, ArrayLike<number>>>;

/**
 * Weight of an edge whose sender was known `age` before its receiver, in bars of `width`: 1 at the same instant,
 * 1/2 one bar away, smaller across a closed market.
 */
export function timeWeight(age: DurationMs, width: DurationMs): number {
  return 1 / (1 + age / width);
}

/**
 * Weights of edges that are sorted by receiver; each depends only on candles known when its receiver is.
 * - `none`: 1.
 * - `volume`: volume of the sender / mean volume of all senders of the same kind and timeframe into the same
 *   receiver (1 where that mean is 0), so that a weighted mean over them is volume-weighted as VWAP is.
 * - `timeDistance`: `timeWeight` of the time between the two, in nominal widths of the coarser timeframe.
 *
 * @throws RhymeError "usage" for `volume` without volumes.
 */
export function edgeWeights(
  edges: Edges,
  order: NodeOrder,
  design: Pick<GraphDesign, "timeframes" | "weights">,
  volumes?: Volumes,
): Float64Array {
  switch (design.weights) {
    case "none":
      return new Float64Array(edges.senders.length).fill(1);
    case "volume":
      return volumeWeights(edges, order, volumeColumns(design.timeframes, volumes));
    case "timeDistance":
      return timeWeights(edges, order, design.timeframes.map(nominalWidth));
  }
}

function volumeColumns(timeframes: readonly Timeframe[], volumes: Volumes | undefined): ArrayLike<number>[] {
  return timeframes.map((timeframe) => {
    const column = volumes?.[timeframe];
    if (column) return column;
    throw new RhymeError("usage", {
      place: "graph design, weights",
      expected: `volumes of ${timeframe} beside weights by volume`,
      received: "none",
      remedy: 'Hand in the volume columns, or choose weights "none" or "timeDistance".',
    });
  });
}

function volumeWeights(edges: Edges, order: NodeOrder, volumes: readonly ArrayLike<number>[]): Float64Array {
  const { senders, receivers, edgeType } = edges;
  const weights = new Float64Array(senders.length);
  for (let from = 0; from < senders.length;) {
    const timeframe = order.nodeTimeframe[senders[from]!]!;
    let sum = 0;
    let to = from;
    for (; to < senders.length; to++) {
      const sender = senders[to]!;
      if (receivers[to] !== receivers[from] || edgeType[to] !== edgeType[from]) break;
      if (order.nodeTimeframe[sender] !== timeframe) break;
      weights[to] = volumes[timeframe]![order.nodeRow[sender]!]!;
      sum += weights[to]!;
    }
    const mean = sum / (to - from);
    for (let e = from; e < to; e++) weights[e] = mean > 0 ? weights[e]! / mean : 1;
    from = to;
  }
  return weights;
}

function timeWeights(edges: Edges, order: NodeOrder, widths: readonly DurationMs[]): Float64Array {
  const { nodeTimeframe, knownAt } = order;
  return Float64Array.from(edges.senders, (sender, e) => {
    const receiver = edges.receivers[e]!;
    const width = widths[Math.max(nodeTimeframe[sender]!, nodeTimeframe[receiver]!)]!; // fine to coarse
    return timeWeight(knownAt[receiver]! - knownAt[sender]!, width);
  });
}
