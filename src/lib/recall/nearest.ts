import type { Memory, Neighbour, NeighbourColumns } from "../memory/memory.ts";
import { firstEpisodes, manySize, summary, type Many, type ManyQuestion } from "./many.ts";

/**
 * The many and the k nearest episodes in one search where possible: episodes are taken greedily by distance, so
 * if the many hold k of them, they are the k nearest of all. Only otherwise is the memory asked again.
 */
export async function nearestOf(
  memory: Memory,
  question: ManyQuestion,
  k: number,
): Promise<{ readonly many: Many; readonly episodes: readonly Neighbour[] }> {
  const matured = await memory.countMatured(question);
  const size = manySize(matured);
  const found = size < 1 ? [] : await memory.query({ ...question, k: size, distinctEpisodes: false });
  const columns = columnsOf(found);
  const many = summary(matured, columns);
  const chosen = firstEpisodes(columns.anchor, columns.matureAt, k);
  if (chosen.length === k || found.length === matured)
    return { many, episodes: chosen.map((i) => found[i]!) };
  return { many, episodes: await memory.query({ ...question, k, distinctEpisodes: true }) };
}

function columnsOf(found: readonly Neighbour[]): NeighbourColumns {
  const column = (value: (n: Neighbour) => number): Float64Array => Float64Array.from(found, value);
  return {
    distance: column((n) => n.distance),
    anchor: column((n) => n.anchor),
    matureAt: column((n) => n.matureAt),
    residual: column((n) => (n.context.logAtrRatio ?? NaN) - n.base),
  };
}
