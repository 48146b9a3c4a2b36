import { RhymeError } from "../errors.ts";
import type { Graph } from "./graph.ts";

/**
 * The same graph with other node numbers: node n of the result is node `from[n]` of the argument. Edges keep
 * their order, so they are no longer sorted by receiver, nor do they run from lower to higher numbers.
 * An embedding must not notice.
 *
 * @throws RhymeError "usage" unless `from` names every node once.
 */
export function permuteNodes(graph: Graph, from: Int32Array): Graph {
  const N = graph.knownAt.length;
  const F = graph.featureNames.length;
  const to = new Int32Array(N).fill(-1);
  from.forEach((old, n) => {
    if (old >= 0 && old < N) to[old] = n;
  });
  if (from.length !== N || to.includes(-1))
    throw new RhymeError("usage", {
      place: "renumbering",
      expected: `each of ${N} nodes once`,
      received: `${from.length} numbers`,
      remedy: "Hand in a permutation of the node numbers.",
    });
  const nodes = new Float64Array(N * F); // [N, F]
  from.forEach((old, n) => nodes.set(graph.nodes.subarray(old * F, (old + 1) * F), n * F));
  return {
    ...graph,
    nodes,
    nodeTimeframe: Uint8Array.from(from, (old) => graph.nodeTimeframe[old]!),
    nodeRow: Int32Array.from(from, (old) => graph.nodeRow[old]!),
    nodeOpenTime: Float64Array.from(from, (old) => graph.nodeOpenTime[old]!),
    knownAt: Float64Array.from(from, (old) => graph.knownAt[old]!),
    senders: graph.senders.map((sender) => to[sender]!),
    receivers: graph.receivers.map((receiver) => to[receiver]!),
  };
}
