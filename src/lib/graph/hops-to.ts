import { csrByReceiver } from "./csr.ts";
import type { Graph } from "./graph.ts";

/**
 * From how many edges away each node speaks to one of them: 0 for itself, 1 for its senders, and so on up to `most`; −1
 * for what cannot be heard. With as many layers as `most`, an encoder's state of `node` depends on these nodes alone.
 * @returns [N]
 * @throws RhymeError "usage" where edges are not sorted by receiver
 */
export function hopsTo(graph: Graph, node: number, most: number): Int8Array {
  const offsets = csrByReceiver(graph);
  const hops = new Int8Array(graph.knownAt.length).fill(-1);
  hops[node] = 0;
  let front = [node];
  for (let hop = 1; hop <= most; hop++) {
    const next: number[] = [];
    for (const receiver of front)
      for (let e = offsets[receiver]!; e < offsets[receiver + 1]!; e++) {
        const sender = graph.senders[e]!;
        if (hops[sender] !== -1) continue;
        hops[sender] = hop;
        next.push(sender);
      }
    front = next;
  }
  return hops;
}
