import { RhymeError } from "../errors.ts";
import { MovingMark } from "./moving-mark.ts";
import type {
  IndexedPattern,
  IndexMark,
  PatternBatches,
  PatternIndex,
  PatternSource,
  Place,
  Reached,
  Stretch,
  Watch,
} from "./pattern-index.ts";

/** Patterns read from the truth at a time. */
const PORTION = 1_000;
/** Portions between two notes of how far a fill got. */
const GROUP = 5;

/** What it took to bring an index up to the truth. */
export interface SyncReport {
  /** Patterns written. */
  readonly written: number;
  /** Patterns that were there and no longer in the truth. */
  readonly removed: number;
  /** Up to which change the index holds everything now. */
  readonly mark: IndexMark;
}

/**
 * Whether an index lacks something of its truth, or holds another one. Two calls; what a server lost that still counts
 * right is found by `verifyIndex` alone.
 */
export async function isBehind(source: PatternSource, index: PatternIndex): Promise<boolean> {
  const mark = await index.mark();
  if (mark === null || mark.truth !== source.truth || !isWhole(source, mark)) return true;
  return !holds(source, mark) || !(await countsRight(source, index, mark));
}

/** Whether it speaks of all that the truth holds by now, and of nothing else. */
function isWhole(source: PatternSource, { change, filledTo, begun }: IndexMark): boolean {
  return change === source.newest() && !filledTo && !begun;
}

/**
 * Whether an index is what its mark says, or that and a part of what came later. A copy of a folder may have gone on
 * differently, and further than the mark: what it held at a change is known where it noted that.
 */
async function isSound(source: PatternSource, index: PatternIndex, mark: IndexMark): Promise<boolean> {
  if (mark.truth !== source.truth || !holds(source, mark)) return false;
  if (mark.begun && !holds(source, mark.begun)) return false;
  return countsRight(source, index, mark);
}

/** Whether this truth held that at that change: it does so now, or noted it then. */
function holds(source: PatternSource, { change, digest }: Reached): boolean {
  return digest === (change === source.newest() ? source.digest() : source.noted(change));
}

async function countsRight(source: PatternSource, index: PatternIndex, mark: IndexMark): Promise<boolean> {
  const count = await index.count();
  return isWhole(source, mark) ? count === mark.count && count === source.count() : count >= mark.count;
}

/**
 * Brings an index up to the truth: what was written, labelled and deleted since its mark; all of it where the mark is
 * missing, of another truth, of what this truth never held, or where the server has lost some. Writing a pattern again
 * does nothing, so it may be stopped or killed anywhere and run again: the mark moves last, and says how far a fill
 * got. For the process that writes the truth alone: what another one has read a moment ago would overwrite what it
 * writes now.
 * @throws IncompleteWrite where patterns were not acknowledged; the mark stays
 * @throws RhymeError "store" where the index has not kept what it acknowledged
 */
export async function syncIndex(
  source: PatternSource,
  index: PatternIndex,
  watch: Watch = {},
): Promise<SyncReport> {
  const before = await index.mark();
  const known = before !== null && (await isSound(source, index, before));
  if (!known) return bringUp(source, index, null, watch);
  if (isWhole(source, before)) {
    source.note(); // the mark is this truth's, whoever set it
    return { written: 0, removed: 0, mark: before };
  }
  const report = await bringUp(source, index, before, watch);
  return holdsAsMany(source, report.mark) ? report : bringUp(source, index, null, watch);
}

/** From a mark that can be relied upon, also that of a fill that was stopped; from nothing where there is none. */
async function bringUp(
  source: PatternSource,
  index: PatternIndex,
  from: IndexMark | null,
  watch: Watch,
): Promise<SyncReport> {
  const marked = new MovingMark(source, index, from);
  const upTo = await marked.begin(); // killed in between, it is neither what it was nor what it shall be
  const since = source.changesAfter(from?.change ?? 0);
  const removed = !from || since.deleted ? await removeStrangers(source, index, watch) : 0;
  let written = 0;
  const progress = (done: number): void => watch.onProgress?.(written + done);
  const upsert = async (batches: PatternBatches): Promise<void> => {
    written += await index.upsert(marked.announced(batches), { ...watch, onProgress: progress });
  };
  if (from) await upsert(portionsOf(source, since.stretches));
  if (!from || from.filledTo) {
    const rest = from?.filledTo ? { after: from.filledTo } : null;
    for (const { portions, last } of groupsOf(source.batches(rest, PORTION))) {
      await upsert(portions);
      await marked.moveTo(upTo, last);
    }
  }
  const whole = !from || from.filledTo !== undefined;
  const all = whole ? source.batches(null, PORTION) : portionsOf(source, since.stretches);
  await findAll(index, all, marked, watch);
  const count = await index.count();
  if (!from && !holdsAsMany(source, { ...upTo, count })) throw hasLost(source, index, count);
  return { written, removed, mark: await marked.moveTo(upTo) };
}

/**
 * Sees that searches find what was written, and writes anew what they do not. The mark comes after this: a server that
 * is killed before has everything since the mark looked at again.
 * @throws RhymeError "store" where a pattern is not found although it was written anew
 */
async function findAll(
  index: PatternIndex,
  portions: PatternBatches,
  marked: MovingMark,
  { signal }: Watch,
): Promise<void> {
  const watch = signal ? { signal } : {};
  await index.settled(watch);
  const anew: (readonly IndexedPattern[])[] = [];
  for await (const portion of portions) {
    signal?.throwIfAborted();
    const lost = new Set(await index.unfound(portion));
    if (lost.size > 0) anew.push(portion.filter(({ id }) => lost.has(id)));
  }
  for (const portion of anew) {
    await index.remove({ ids: portion.map(({ id }) => id) });
    await index.upsert(marked.announced([portion]), watch);
  }
  if (anew.length > 0) await index.settled(watch);
  for (const portion of anew) {
    const lost = await index.unfound(portion);
    if (lost.length > 0) throw notFound(index, lost);
  }
}

/** Portions that a fill writes before it notes how far it got. */
function* groupsOf(
  portions: Iterable<readonly IndexedPattern[]>,
): Generator<{ readonly portions: readonly (readonly IndexedPattern[])[]; readonly last: Place }> {
  let group: (readonly IndexedPattern[])[] = [];
  for (const portion of portions) {
    group.push(portion);
    if (group.length < GROUP) continue;
    yield { portions: group, last: placeOf(group) };
    group = [];
  }
  if (group.length > 0) yield { portions: group, last: placeOf(group) };
}

function placeOf(group: readonly (readonly IndexedPattern[])[]): Place {
  const { source, symbol, timeframe, anchor } = group.at(-1)!.at(-1)!;
  return { series: { source, symbol, timeframe }, anchor };
}

/** Whether as many patterns are there as in the truth, unless that has changed meanwhile. */
function holdsAsMany(source: PatternSource, { change, count }: Pick<IndexMark, "change" | "count">): boolean {
  return source.newest() !== change || source.count() === count;
}

function hasLost(source: PatternSource, index: PatternIndex, count: number): RhymeError {
  return new RhymeError("store", {
    place: index.place,
    expected: `${source.count()} patterns, as the memory has`,
    received: `${count}, although each was acknowledged`,
    remedy: "Rebuild the index; where that does not help, look at the server's log and its disk.",
  });
}

function notFound(index: PatternIndex, lost: readonly string[]): RhymeError {
  return new RhymeError("store", {
    place: index.place,
    expected: "searches to find every pattern that was acknowledged",
    received: `${lost.length} that they do not (${lost.slice(0, 3).join(", ")} …)`,
    remedy: "Rebuild the index; where that does not help, look at the server's log and its disk.",
  });
}

function* portionsOf(
  source: PatternSource,
  stretches: readonly Stretch[],
): Generator<readonly IndexedPattern[]> {
  for (const stretch of stretches) yield* source.batches(stretch, PORTION);
}

/** Removes what the truth does not hold. */
async function removeStrangers(source: PatternSource, index: PatternIndex, watch: Watch): Promise<number> {
  const strangers: string[] = [];
  const mine = source.ids();
  for await (const ids of index.ids()) {
    watch.signal?.throwIfAborted();
    strangers.push(...ids.filter((id) => !mine.has(id)));
  }
  if (strangers.length > 0) await index.remove({ ids: strangers });
  return strangers.length;
}

/** Empties an index and fills it from the truth. Killed anywhere, a repeat of this or `syncIndex` finishes it. */
export async function rebuildIndex(
  source: PatternSource,
  index: PatternIndex,
  watch: Watch = {},
): Promise<SyncReport> {
  await index.clear();
  return syncIndex(source, index, watch);
}
