import { RhymeError } from "../errors.ts";
import type { EpochMs } from "../time/units.ts";
import * as check from "./checks.ts";
import type { Context } from "../context/context.ts";
import type { Memory, Neighbour, NeighbourColumns } from "./memory.ts";
import type { PatternIndex, PatternSource, Watch } from "./pattern-index.ts";
import { rankedHits, type RankedHit } from "./rank-hits.ts";
import { isBehind, rebuildIndex, syncIndex } from "./sync-index.ts";
import { verifyIndex } from "./verify-index.ts";

export interface IndexedMemoryOptions {
  /**
   * What a search does where the index lacks what the truth holds: `sync` brings it up to the truth first, for the
   * process that writes the truth (see `syncIndex`); `refuse` throws a RhymeError "store", for all others.
   */
  readonly whenBehind: "sync" | "refuse";
  readonly signal?: AbortSignal;
}

/**
 * A memory whose searches go to an index; the truth keeps everything and answers all else. Writing goes to the truth
 * alone: the index is brought up to it before the next search, once, whatever was written in between, or by
 * `syncIndex`. Its answers are those of the truth to the last bit wherever the index finds the right candidates.
 * @throws RhymeError "mismatch" where truth and index are not of one tenant, encoder version and size
 */
export function indexedMemory(
  truth: Memory,
  source: PatternSource,
  index: PatternIndex,
  { whenBehind, signal }: IndexedMemoryOptions,
): Memory {
  checkSame(truth, index);
  const watch = signal ? { signal } : {};
  const { ready, lost } = stepsOf(source, index, whenBehind, watch);
  return {
    ...truth,
    query: async (query) => {
      check.checkQuery(truth, query);
      await ready();
      const hits = await rankedHits(index, query, query.k, query.distinctEpisodes);
      return hits.map((hit) => neighbourOf(hit, query.asOf));
    },
    queryColumns: async (query) => {
      check.checkQuery(truth, query);
      await ready();
      return columnsOf(await rankedHits(index, query, query.k, false), query.asOf);
    },
    verify: async () => {
      if (whenBehind === "sync") await ready();
      const [mine, mirrored] = [await truth.verify(), await verifyIndex(source, index, watch)];
      return { checked: mine.checked, problems: [...mine.problems, ...mirrored.problems] };
    },
    rebuild: async () => {
      await truth.rebuild();
      lost();
      await rebuildIndex(source, index, watch);
    },
    close: async () => {
      await truth.close();
      await index.close();
    },
  };
}

/** What sees to it that an index is searchable up to its truth, once for each change, until that is `lost`. */
function stepsOf(
  source: PatternSource,
  index: PatternIndex,
  whenBehind: IndexedMemoryOptions["whenBehind"],
  watch: Watch,
): { readonly ready: () => Promise<void>; readonly lost: () => void } {
  let inStep: string | null = null; // the change up to which this process knows that the index is searchable
  const ready = async (): Promise<void> => {
    const now = `${source.truth} ${source.newest()}`;
    if (inStep === now) return;
    const behind = await isBehind(source, index);
    if (behind && whenBehind === "refuse") throw isBehindError(index);
    if (behind) await syncIndex(source, index, watch);
    await index.settled(watch);
    inStep = now;
  };
  return { ready, lost: () => void (inStep = null) };
}

function checkSame(truth: Memory, index: PatternIndex): void {
  const named = ({ tenant, encoderVersion, dim }: check.MemoryIdentity): string =>
    `tenant ${tenant}, encoder ${encoderVersion}, ${dim} values`;
  if (named(truth) === named(index)) return;
  throw new RhymeError("mismatch", {
    place: index.place,
    expected: `an index of ${named(truth)}`,
    received: named(index),
    remedy: "Open the index that belongs to this memory.",
  });
}

function isBehindError(index: PatternIndex): RhymeError {
  return new RhymeError("store", {
    place: index.place,
    expected: "an index that holds everything the memory does",
    received: "one that is behind it, or of another memory",
    remedy: "Run remember with the same --index, or ask without --index.",
  });
}

function neighbourOf({ hit, distance }: RankedHit, asOf: EpochMs): Neighbour {
  const { source, symbol, timeframe, id, anchor, atrNow, lineage, base, facts } = hit;
  const [matureAt, context] = [facts[0]!.matureAt, knownBy(facts, asOf)];
  // In the order of an exact memory, so that answers are the same as texts too.
  return { source, symbol, timeframe, id, anchor, matureAt, distance, context, base, atrNow, lineage };
}

/** The newest label fact known by `asOf`; in scope, so there is one. */
function knownBy(facts: readonly Context[], asOf: EpochMs): Context {
  return facts.findLast(({ matureAt }) => matureAt <= asOf)!;
}

function columnsOf(hits: readonly RankedHit[], asOf: EpochMs): NeighbourColumns {
  const residual = ({ hit: { facts, base } }: RankedHit): number =>
    (knownBy(facts, asOf).logAtrRatio ?? NaN) - base;
  return {
    distance: Float64Array.from(hits, ({ distance }) => distance),
    anchor: Float64Array.from(hits, ({ hit }) => hit.anchor),
    matureAt: Float64Array.from(hits, ({ hit }) => hit.facts[0]!.matureAt),
    residual: Float64Array.from(hits, residual),
  };
}
