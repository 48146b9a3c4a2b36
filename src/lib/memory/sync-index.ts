import type {
  IndexedPattern,
  IndexMark,
  PatternIndex,
  PatternSource,
  Stretch,
  Watch,
} from "./pattern-index.ts";

/** Patterns read from the truth at a time. */
const PORTION = 1_000;

/** What it took to bring an index up to the truth. */
export interface SyncReport {
  /** Patterns written. */
  readonly written: number;
  /** Patterns that were there and no longer in the truth. */
  readonly removed: number;
  /** Up to which change the index holds everything now. */
  readonly mark: IndexMark;
}

/** Whether an index holds everything that its truth does. Asks the index once, the truth once. */
export async function isBehind(source: PatternSource, index: PatternIndex): Promise<boolean> {
  const mark = await index.mark();
  return !holdsAll(source, mark);
}

/** Whether a mark says that everything of this truth has been mirrored. */
export function holdsAll(source: PatternSource, mark: IndexMark | null): boolean {
  return mark !== null && mark.truth === source.truth && mark.change === source.newest();
}

/**
 * Brings an index up to the truth: what was written, labelled and deleted since its mark; all of it where the mark is
 * missing, of another truth, or beyond the truth. Writing a pattern again does nothing, so it may be stopped or
 * killed anywhere and run again: the mark moves last. For the process that writes the truth alone: what another one
 * has read a moment ago would overwrite what it writes now.
 * @throws IncompleteWrite where patterns were not acknowledged; the mark stays
 */
export async function syncIndex(
  source: PatternSource,
  index: PatternIndex,
  watch: Watch = {},
): Promise<SyncReport> {
  const before = await index.mark();
  const { truth } = source;
  const known = before !== null && before.truth === truth && before.change <= source.newest();
  const since = source.changesAfter(known ? before.change : 0);
  const mark = { truth, change: since.upTo };
  if (known && since.upTo === before.change) return { written: 0, removed: 0, mark };
  if (!known) await index.setMark(null); // killed in between, it is neither what it was nor what it shall be
  const removed = !known || since.deleted ? await removeStrangers(source, index, watch) : 0;
  const written = await index.upsert(portionsOf(source, known ? since.stretches : [null]), watch);
  await index.setMark(mark);
  return { written, removed, mark };
}

function* portionsOf(
  source: PatternSource,
  stretches: readonly (Stretch | null)[],
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
