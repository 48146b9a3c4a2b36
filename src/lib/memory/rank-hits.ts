import { cosineDistance, dot, inverseNorm } from "./distance.ts";
import { sameEpisode } from "./episode.ts";
import type { IndexHit, IndexQuery, PatternIndex } from "./pattern-index.ts";

/** A pattern that an index found, with its exact distance. */
export interface RankedHit {
  readonly hit: IndexHit;
  readonly distance: number;
}

/** Asked for beyond k at first, so that ties at the end are seen. */
const MARGIN = 16;

/**
 * The k nearest that a query may see, with our own distances in double, ties by id: what an exact search would
 * answer, wherever the index names the right candidates. An index measures in single precision, so what it leaves
 * out may be as near as the last it names, less its rounding; until k hits are nearer than that for certain, twice
 * as many are asked for. Of episodes (memory/episode.ts) the nearest of each counts.
 */
export async function rankedHits(
  index: PatternIndex,
  query: IndexQuery,
  k: number,
  distinctEpisodes: boolean,
): Promise<readonly RankedHit[]> {
  const first = distinctEpisodes ? 4 * k + MARGIN : k + MARGIN;
  for (let limit = Math.min(first, index.mostHits); ; limit = Math.min(2 * limit, index.mostHits)) {
    const found = await index.nearest(query, limit);
    const ranked = byDistance(query.vector, found);
    const chosen = distinctEpisodes ? nearestOfEpisodes(ranked, k) : ranked.slice(0, k);
    const all = found.length < limit || limit === index.mostHits;
    if (all || (chosen.length === k && chosen[k - 1]!.distance < certain(ranked, query.vector.length)))
      return chosen;
  }
}

/** Below this distance an index cannot have left anything out. */
function certain(ranked: readonly RankedHit[], dim: number): number {
  return ranked.at(-1)!.distance - singlePrecision(dim);
}

/** Twice what a cosine of unit vectors of D float32 values may be off by: D products and sums, and their own rounding. */
function singlePrecision(dim: number): number {
  return 2 * (dim + 4) * 2 ** -24;
}

function byDistance(vector: Float32Array, found: readonly IndexHit[]): readonly RankedHit[] {
  const dim = vector.length;
  const inverse = inverseNorm(vector, 0, dim);
  const hits = found.map((hit): RankedHit => {
    const product = dot(hit.vector, 0, vector, 0, dim);
    return { hit, distance: cosineDistance(product, inverseNorm(hit.vector, 0, dim), inverse) };
  });
  return hits.sort((a, b) => a.distance - b.distance || (a.hit.id < b.hit.id ? -1 : 1));
}

/** The nearest of each episode, greedily by distance. */
function nearestOfEpisodes(ranked: readonly RankedHit[], k: number): readonly RankedHit[] {
  const chosen: RankedHit[] = [];
  for (const one of ranked) {
    if (chosen.length === k) break;
    if (!chosen.some((other) => ofOneEpisode(one.hit, other.hit))) chosen.push(one);
  }
  return chosen;
}

function ofOneEpisode(a: IndexHit, b: IndexHit): boolean {
  return sameEpisode(a.anchor, a.facts[0]!.matureAt, b.anchor, b.facts[0]!.matureAt);
}
