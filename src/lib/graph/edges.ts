import { crossLinks, linkedPairs, type CrossLinks, type RowTimes } from "./cross-links.ts";
import { EDGE_KINDS } from "./graph.ts";
import type { GraphDesign } from "./graph-design.ts";
import type { NodeOrder } from "./node-order.ts";

/** E edges, sorted by receiver; among the edges of one receiver: temporal (near to far), down, up. */
export interface Edges {
  readonly senders: Int32Array; // [E]
  readonly receivers: Int32Array; // [E]
  readonly edgeType: Uint8Array; // [E] index into EDGE_KINDS
}

interface Pair extends CrossLinks {
  readonly fine: number;
  readonly coarse: number;
}

const TEMPORAL = EDGE_KINDS.indexOf("temporal");
const DOWN = EDGE_KINDS.indexOf("down");
const UP = EDGE_KINDS.indexOf("up");

/**
 * Every edge of a design over rows that are already in order. Because both ends are known when the receiver is,
 * the edges of a prefix are a prefix of the edges.
 */
export function buildEdges(
  times: readonly RowTimes[],
  order: NodeOrder,
  design: Pick<GraphDesign, "dilations" | "cross" | "crossPairs">,
): Edges {
  const pairs = linkedPairs(times.length, design.crossPairs).map(([fine, coarse]): Pair => ({
    fine,
    coarse,
    ...crossLinks(times[fine]!, times[coarse]!),
  }));
  const down = design.cross.includes("down") ? pairs : [];
  const up = design.cross.includes("up") ? pairs : [];
  const size = countEdges(times, design.dilations, down, up);
  const edges = {
    senders: new Int32Array(size),
    receivers: new Int32Array(size),
    edgeType: new Uint8Array(size),
  };
  let at = 0;
  const add = (sender: number, receiver: number, kind: number): void => {
    edges.senders[at] = sender;
    edges.receivers[at] = receiver;
    edges.edgeType[at++] = kind;
  };
  for (let node = 0; node < order.nodeRow.length; node++) {
    const own = order.nodeTimeframe[node]!;
    const row = order.nodeRow[node]!;
    for (const d of design.dilations) if (row >= d) add(order.nodeOf[own]![row - d]!, node, TEMPORAL);
    for (const pair of down)
      if (pair.fine === own && pair.down[row]! >= 0)
        add(order.nodeOf[pair.coarse]![pair.down[row]!]!, node, DOWN);
    for (const pair of up) {
      if (pair.coarse !== own) continue;
      const last = pair.upLast[row]!;
      for (let inside = pair.upFirst[row]!; inside <= last; inside++)
        add(order.nodeOf[pair.fine]![inside]!, node, UP);
    }
  }
  return edges;
}

function countEdges(
  times: readonly RowTimes[],
  dilations: readonly number[],
  down: readonly Pair[],
  up: readonly Pair[],
): number {
  let edges = 0;
  for (const { knownAt } of times) for (const d of dilations) edges += Math.max(0, knownAt.length - d);
  for (const pair of down) for (const row of pair.down) if (row >= 0) edges++;
  for (const pair of up)
    for (let row = 0; row < pair.upFirst.length; row++) edges += pair.upLast[row]! - pair.upFirst[row]! + 1;
  return edges;
}
