import { crossLinks, linkedPairs, type RowTimes } from "./cross-links.ts";
import type { GraphDesign } from "./graph-design.ts";

/**
 * Where the rows begin that can be heard over at most `hops` edges by rows from `first[t]` on, and a row more, which says
 * where the bar behind it begins: among rows from there on each of those has all its edges, in the same order. T
 * timeframes, fine to coarse.
 *
 * @param first [T] a row of each timeframe
 * @returns [T]
 * @throws RhymeError "time" where a knownAt column descends
 */
export function firstHeard(
  times: readonly RowTimes[],
  design: Pick<GraphDesign, "dilations" | "cross" | "crossPairs">,
  first: Int32Array,
  hops: number,
): Int32Array {
  const links = linkedPairs(times.length, design.crossPairs).map(
    ([fine, coarse]) => [fine, coarse, crossLinks(times[fine]!, times[coarse]!)] as const,
  );
  const step = Math.max(1, ...design.dilations);
  let heard = first;
  for (let hop = 0; hop < hops; hop++) {
    const further = heard.map((row) => Math.max(0, row - step));
    for (const [fine, coarse, { down, upFirst }] of links) {
      // Links ascend: what the first row hears comes before whatever later ones hear.
      if (design.cross.includes("down"))
        further[coarse] = Math.max(0, Math.min(further[coarse]!, down[heard[fine]!]!));
      if (design.cross.includes("up")) further[fine] = Math.min(further[fine]!, upFirst[heard[coarse]!]!);
    }
    heard = further;
  }
  return heard;
}
