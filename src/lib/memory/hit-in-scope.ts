import { RhymeError } from "../errors.ts";
import { sameEpisode } from "./episode.ts";
import type { IndexHit, IndexQuery } from "./pattern-index.ts";

/**
 * Holds what an index names against what the query may see: the law of time does not rest on a server's filters.
 * @throws RhymeError "store" for a pattern without outcome, of a later outcome, of another vector size, timeframe or
 *   symbol, of an anchor that was not asked about, or of the episode to stay apart from
 */
export function checkSeen(place: string, query: IndexQuery, hit: IndexHit): void {
  const amiss = differenceOf(query, hit);
  if (amiss === null) return;
  throw new RhymeError("store", {
    place: `${place}, pattern ${hit.id}`,
    expected: `only what the question may see: ${amiss[0]}`,
    received: String(amiss[1]),
    remedy: "Rebuild the index, or ask without --index.",
  });
}

/** What was expected and what the hit has instead; null where it may be seen. */
function differenceOf(query: IndexQuery, hit: IndexHit): readonly [string, unknown] | null {
  const { asOf, maturedBy = Infinity, among, apart, anchored, timeframe, vector } = query;
  const { anchor, symbol } = hit;
  const known = Math.min(asOf, maturedBy);
  const matureAt = hit.facts[0]?.matureAt;
  if (matureAt === undefined || !(matureAt <= known)) return [`an outcome known by ${known}`, matureAt];
  if (hit.vector.length !== vector.length) return [`${vector.length} values`, hit.vector.length];
  if (hit.timeframe !== timeframe) return [`timeframe ${timeframe}`, hit.timeframe];
  if (among !== "all" && !among.symbols.includes(symbol)) return ["a symbol that was asked about", symbol];
  if (anchored && !(anchor >= anchored.from && anchor <= anchored.to))
    return [`an anchor from ${anchored.from} to ${anchored.to}`, anchor];
  if (apart && sameEpisode(anchor, matureAt, apart.from, apart.to))
    return [`no episode from ${apart.from} to ${apart.to}`, `${anchor} to ${matureAt}`];
  return null;
}
