import type { Neighbour } from "../../src/lib/memory/memory.ts";
import type { Memory, Query } from "../../src/lib/memory/memory.ts";
import { createRng } from "../../src/lib/math/rng.ts";
import type { BenchMoments } from "./moments.ts";

export const HORIZON = "4h";
/** Shares of all moments that had matured when a question was asked. */
export const SELECTIVITIES = [0.001, 0.01, 0.1, 0.5, 1] as const;

/** Questions as they were asked at one instant: by moments that came after all that may answer. */
export interface Asked {
  readonly selectivity: number;
  readonly asOf: number;
  /** How many moments may answer. */
  readonly matured: number;
  readonly queries: readonly Query[];
}

/** Questions at the instant by which that share had matured; at 1, by moments whose own outcome is still open. */
export function questionsAt(moments: BenchMoments, selectivity: number, count: number, k: number): Asked {
  const known: number[] = [];
  const later: { readonly part: number; readonly at: number; readonly anchor: number }[] = [];
  moments.parts.forEach(({ moments: { embeddings, contexts }, from, count: size }, part) => {
    const { state, matureAt } = contexts[HORIZON]!;
    for (let at = 0; at < size; at++) {
      const row = embeddings.rows[from + at]!;
      if (state[row] === 1) known.push(matureAt[row]!);
      if (selectivity < 1 || state[row] === 0)
        later.push({ part, at, anchor: embeddings.anchors[from + at]! });
    }
  });
  known.sort((a, b) => a - b);
  const asOf = known[Math.ceil(selectivity * known.length) - 1]!;
  const asking = selectivity < 1 ? later.filter(({ anchor }) => anchor >= asOf) : later;
  const rng = createRng(Math.round(1e6 * selectivity));
  const queries = Array.from({ length: count }, (): Query => {
    const { part, at } = asking[rng.int(asking.length)]!;
    const { vectors, moments: of } = moments.parts[part]!;
    const { dim } = of.embeddings;
    return {
      vector: vectors.slice(at * dim, (at + 1) * dim),
      ...{ asOf, horizon: HORIZON, k, among: "all", timeframe: "5m", distinctEpisodes: false },
    };
  });
  return { selectivity, asOf, matured: known.findLastIndex((t) => t <= asOf) + 1, queries };
}

/** Share of the k nearest that another memory names, over all questions. */
export async function recallOf(asked: Asked, exact: Memory, other: Memory): Promise<number> {
  let [right, all] = [0, 0];
  for (const query of asked.queries) {
    const wanted = new Set((await exact.query(query)).map(({ id }: Neighbour) => id));
    for (const { id } of await other.query(query)) if (wanted.has(id)) right++;
    all += wanted.size;
  }
  return right / all;
}

export function percent(selectivity: number): string {
  return `${100 * selectivity} %`;
}
