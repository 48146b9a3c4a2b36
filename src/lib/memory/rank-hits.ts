import { RhymeError } from "../errors.ts";
import type { EpochMs } from "../time/units.ts";
import { cosineDistance, dot, inverseNorm } from "./distance.ts";
import { sameEpisode } from "./episode.ts";
import { checkSeen } from "./hit-in-scope.ts";
import type { IndexHit, IndexQuery, PatternIndex } from "./pattern-index.ts";

/** A pattern that an index found, with its exact distance. */
export interface RankedHit {
  readonly hit: IndexHit;
  readonly distance: number;
}

/** Asked for beyond k at first, so that ties at the end are seen. */
const MARGIN = 16;
/** Stretches of time into which a search is cut at most. */
const MOST_PARTS = 32;

/** What an index named of the patterns within a stretch of time. */
interface Part {
  readonly query: IndexQuery;
  readonly hits: readonly RankedHit[];
  /** Below this distance it cannot have left anything out; Infinity: it named all. */
  readonly certain: number;
}

/**
 * The k nearest that a query may see, with our own distances in double, ties by id: what an exact search would
 * answer, wherever the index names the right candidates. An index measures in single precision, so what it leaves
 * out may be as near as the last it names, less its rounding; until k hits are nearer than that for certain, twice
 * as many are asked for, and beyond the most that it names, those of shorter and shorter stretches of time. Of
 * episodes (memory/episode.ts) the nearest of each counts.
 * @throws RhymeError "store" where the index names what the query may not see, or too few however it is asked
 */
export async function rankedHits(
  index: PatternIndex,
  query: IndexQuery,
  k: number,
  distinctEpisodes: boolean,
): Promise<readonly RankedHit[]> {
  let limit = Math.min(distinctEpisodes ? 4 * k + MARGIN : k + MARGIN, index.mostHits);
  let parts: readonly Part[] = [await partOf(index, query, limit)];
  for (;;) {
    const ranked = parts.flatMap(({ hits }) => hits).sort(byDistance);
    const chosen = distinctEpisodes ? nearestOfEpisodes(ranked, k) : ranked.slice(0, k);
    const open = parts.reduce((a, b) => (b.certain < a.certain ? b : a));
    const enough = chosen.length === k && chosen[k - 1]!.distance < open.certain;
    if (enough || open.certain === Infinity) return chosen;
    if (limit < index.mostHits) {
      limit = Math.min(2 * limit, index.mostHits);
      parts = [await partOf(index, query, limit)];
    } else if (parts.length < MOST_PARTS) {
      const halves = halvesOf(index, open).map((half) => partOf(index, half, limit));
      parts = [...parts.filter((part) => part !== open), ...(await Promise.all(halves))];
    } else throw tooManyAlike(index);
  }
}

async function partOf(index: PatternIndex, query: IndexQuery, limit: number): Promise<Part> {
  const { vector } = query;
  const dim = vector.length;
  const inverse = inverseNorm(vector, 0, dim);
  const found = await index.nearest(query, limit);
  const hits = found.map((hit): RankedHit => {
    checkSeen(index.place, query, hit);
    const product = dot(hit.vector, 0, vector, 0, dim);
    return { hit, distance: cosineDistance(product, inverseNorm(hit.vector, 0, dim), inverse) };
  });
  if (found.length < limit) return { query, hits, certain: Infinity };
  const farthest = hits.reduce((most, { distance }) => Math.max(most, distance), 0);
  return { query, hits, certain: farthest - singlePrecision(dim) };
}

/** Twice what a cosine of unit vectors of D float32 values may be off by: D products and sums, and their own rounding. */
function singlePrecision(dim: number): number {
  return 2 * (dim + 4) * 2 ** -24;
}

/**
 * The same question about two stretches of time, each with about half of the patterns that were named.
 * @throws RhymeError "store" where all of them have one anchor
 */
function halvesOf(index: PatternIndex, { query, hits }: Part): readonly IndexQuery[] {
  const { from, to } = query.anchored ?? { from: -Infinity, to: Infinity };
  const anchors = hits.map(({ hit }) => hit.anchor).sort((a, b) => a - b);
  const middle = anchors[anchors.length >> 1]!;
  const cut: EpochMs | undefined = middle > anchors[0]! ? middle : anchors.find((one) => one > middle);
  if (cut === undefined) throw tooManyAlike(index);
  return [
    { ...query, anchored: { from, to: cut - 1 } },
    { ...query, anchored: { from: cut, to } },
  ];
}

function byDistance(a: RankedHit, b: RankedHit): number {
  return a.distance - b.distance || (a.hit.id < b.hit.id ? -1 : 1);
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

function tooManyAlike({ place, mostHits }: PatternIndex): RhymeError {
  return new RhymeError("store", {
    place,
    expected: "an index that tells the nearest patterns from all others",
    received: `more than ${mostHits} that are equally near, and it names no more at a time`,
    remedy: "Ask without --index: the memory itself compares them all.",
  });
}
