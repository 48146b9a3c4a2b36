import type { FeatureTables } from "../features/feature.ts";
import type { GraphDesign } from "../graph/graph-design.ts";

/** One edge, said in words that need no node numbers. */
export type NaiveEdge = `${string}:${number} ${"temporal" | "down" | "up"} ${string}:${number}`;

/**
 * The edges of the history graph by asking of every two rows whether they are joined. Slow and obvious: the twin
 * of buildEdges.
 */
export function naiveEdges(tables: FeatureTables, design: GraphDesign): Set<NaiveEdge> {
  const edges = new Set<NaiveEdge>();
  const { timeframes } = design;
  for (const [f, fine] of timeframes.entries()) {
    const { openTime, knownAt } = tables[fine]!;
    for (let a = 0; a < knownAt.length; a++)
      for (let b = 0; b < knownAt.length; b++)
        if (design.dilations.includes(b - a)) edges.add(`${fine}:${a} temporal ${fine}:${b}`);
    for (const [c, coarse] of timeframes.entries()) {
      if (c <= f || (design.crossPairs === "adjacent" && c !== f + 1)) continue;
      const higher = tables[coarse]!;
      for (let i = 0; i < knownAt.length; i++)
        for (let j = 0; j < higher.knownAt.length; j++) {
          const newestBefore = (row: number): boolean => higher.knownAt[row]! < knownAt[i]!;
          if (
            design.cross.includes("down") &&
            newestBefore(j) &&
            !(j + 1 < higher.knownAt.length && newestBefore(j + 1))
          )
            edges.add(`${coarse}:${j} down ${fine}:${i}`);
          const inside =
            knownAt[i]! <= higher.knownAt[j]! &&
            (j === 0 || knownAt[i]! > higher.knownAt[j - 1]!) &&
            openTime[i]! >= higher.openTime[j]!;
          if (design.cross.includes("up") && inside) edges.add(`${fine}:${i} up ${coarse}:${j}`);
        }
    }
  }
  return edges;
}
