import { RhymeError } from "../errors.ts";
import type { Graph } from "./graph.ts";

/**
 * Where the incoming edges of every node lie: those of node n are edges offsets[n] … offsets[n + 1] − 1.
 * The graph's own edge arrays are the columns of the compressed rows, since edges are sorted by receiver.
 *
 * @throws RhymeError "usage" where they are not, as after renumbering.
 */
export function csrByReceiver(graph: Pick<Graph, "receivers" | "knownAt">): Int32Array {
  const offsets = new Int32Array(graph.knownAt.length + 1); // [N + 1]
  let before = 0;
  for (let e = 0; e < graph.receivers.length; e++) {
    const receiver = graph.receivers[e]!;
    if (receiver < before)
      throw new RhymeError("usage", {
        place: `edge ${e}`,
        expected: `a receiver of at least ${before}, as in the edge before`,
        received: String(receiver),
        remedy: "Sort the edges by receiver.",
      });
    before = receiver;
    offsets[receiver + 1]!++;
  }
  for (let n = 0; n < graph.knownAt.length; n++) offsets[n + 1]! += offsets[n]!;
  return offsets;
}
