import { cosineDistance, dot, inverseNorm } from "../memory/distance.ts";
import { sameEpisode } from "../memory/episode.ts";
import type {
  IndexedPattern,
  IndexEntry,
  IndexHit,
  IndexMark,
  IndexQuery,
  PatternIndex,
} from "../memory/pattern-index.ts";

export interface RamIndexOptions {
  readonly tenant: string;
  readonly encoderVersion: string;
  readonly dim: number;
  readonly mostHits?: number;
  /** What becomes of the hits of a search, for an index that lies. */
  readonly told?: (hits: readonly IndexHit[]) => readonly IndexHit[];
}

/** A derived index in RAM: it measures in single precision and names what is equally near in no useful order. */
export function ramIndex({ tenant, encoderVersion, dim, mostHits, told }: RamIndexOptions): PatternIndex {
  const kept = new Map<string, IndexedPattern>();
  let mark: IndexMark | null = null;
  return {
    ...{ place: "index in RAM", tenant, encoderVersion, dim, mostHits: mostHits ?? 10_000 },
    upsert: async (batches) => {
      let written = 0;
      for await (const batch of batches)
        for (const one of batch) {
          kept.set(one.id, one);
          written++;
        }
      return written;
    },
    remove: async (what) => {
      for (const one of [...kept.values()])
        if ("ids" in what ? what.ids.includes(one.id) : one.symbol === what.series.symbol)
          kept.delete(one.id);
    },
    nearest: async (query, limit) => {
      const hits = nearestOf([...kept.values()], query, limit);
      return told ? told(hits) : hits;
    },
    count: async () => kept.size,
    ids: async function* () {
      yield [...kept.keys()];
    },
    entries: async (ids) => ids.flatMap((id) => (kept.has(id) ? [entryOf(kept.get(id)!)] : [])),
    entryOf,
    unfound: async (patterns) => patterns.map(({ id }) => id).filter((id) => !kept.has(id)),
    mark: async () => mark,
    setMark: async (next) => void (mark = next),
    settled: async () => {},
    clear: async () => {
      kept.clear();
      mark = null;
    },
    close: async () => {},
  };
}

function entryOf({ id, vector, ...rest }: IndexedPattern): IndexEntry {
  return { id, vector, content: JSON.stringify(rest) };
}

function nearestOf(
  patterns: readonly IndexedPattern[],
  query: IndexQuery,
  limit: number,
): readonly IndexHit[] {
  const { vector } = query;
  const inverse = inverseNorm(vector, 0, vector.length);
  const measured = patterns
    .filter((pattern) => isSeen(pattern, query))
    .map((pattern) => {
      const product = dot(pattern.vector, 0, vector, 0, vector.length);
      const exact = cosineDistance(product, inverseNorm(pattern.vector, 0, vector.length), inverse);
      return { pattern, distance: Math.fround(exact) };
    });
  measured.sort((a, b) => a.distance - b.distance || (a.pattern.id < b.pattern.id ? 1 : -1));
  return measured.slice(0, limit).map(({ pattern }): IndexHit => {
    const { base, outcomes, revision: _, regime: __, ...hit } = pattern;
    return { ...hit, base: base[query.horizon] ?? NaN, facts: outcomes[query.horizon]! };
  });
}

function isSeen({ symbol, timeframe, anchor, regime, outcomes }: IndexedPattern, query: IndexQuery): boolean {
  const { asOf, maturedBy = Infinity, among, apart, anchored, regimes } = query;
  const matureAt = outcomes[query.horizon]?.[0]?.matureAt;
  if (matureAt === undefined || matureAt > Math.min(asOf, maturedBy)) return false;
  if (timeframe !== query.timeframe || (among !== "all" && !among.symbols.includes(symbol))) return false;
  if (anchored && (anchor < anchored.from || anchor > anchored.to)) return false;
  if (regimes && !(regime !== undefined && regimes.includes(regime))) return false;
  return !(apart && sameEpisode(anchor, matureAt, apart.from, apart.to));
}
