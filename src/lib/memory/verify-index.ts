import type { VerifyReport } from "./memory.ts";
import type { IndexedPattern, IndexEntry, PatternIndex, PatternSource, Watch } from "./pattern-index.ts";

/** How many problems of one kind are named. */
const NAMED = 20;
/** Patterns compared at a time. */
const PORTION = 500;

export interface VerifyIndexOptions extends Watch {
  /** Every how many-th portion of the truth is compared with its vectors and contexts; 1 (the default): all. */
  readonly every?: number;
}

const NOT_FOUND = { expected: "searches to find it", received: "none that does" };

type Problem = VerifyReport["problems"][number];

/**
 * Compares an index with the truth both ways: counts, ids, and the vectors and contexts of all patterns or of every
 * n-th portion, and whether searches find them. `checked` counts those whose content was compared.
 */
export async function verifyIndex(
  source: PatternSource,
  index: PatternIndex,
  options: VerifyIndexOptions = {},
): Promise<VerifyReport> {
  const problems: Problem[] = [];
  const expected = source.count();
  const counted = await index.count();
  if (counted !== expected) problems.push(problem(index, `${expected} patterns, as the memory has`, counted));
  const ids = await compareIds(source, index, options);
  await index.settled(options.signal ? { signal: options.signal } : {}); // what waits is not lost
  const { checked, differing } = await compareContent(source, index, ids.missing, options);
  return { checked, problems: [...problems, ...ids.problems, ...differing] };
}

function problem(index: PatternIndex, expected: string, received: unknown): Problem {
  return { place: index.place, expected, received: String(received) };
}

/** Ids in the index that the truth lacks, ids twice, and ids of the truth that the index lacks. */
async function compareIds(
  source: PatternSource,
  index: PatternIndex,
  { signal }: Watch,
): Promise<{ readonly problems: readonly Problem[]; readonly missing: ReadonlySet<string> }> {
  const mine = source.ids();
  const missing = new Set(mine);
  const problems: Problem[] = [];
  for await (const ids of index.ids()) {
    signal?.throwIfAborted();
    for (const id of ids) {
      if (!mine.has(id)) problems.push(problem(index, "patterns of the memory", `pattern ${id}`));
      else if (!missing.delete(id)) problems.push(problem(index, `pattern ${id} once`, "the same id twice"));
    }
  }
  const lacking = [...missing].slice(0, NAMED).map((id) => problem(index, `pattern ${id}`, "nothing"));
  if (missing.size > NAMED)
    lacking.push(problem(index, `${missing.size - NAMED} more patterns`, "nothing under their ids"));
  return { problems: [...few(index, problems), ...lacking], missing };
}

function few(index: PatternIndex, problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= NAMED) return problems;
  return [...problems.slice(0, NAMED), problem(index, "none", `${problems.length - NAMED} more of these`)];
}

async function compareContent(
  source: PatternSource,
  index: PatternIndex,
  missing: ReadonlySet<string>,
  { every = 1, signal, onProgress }: VerifyIndexOptions,
): Promise<{ readonly checked: number; readonly differing: readonly Problem[] }> {
  const differing: Problem[] = [];
  let checked = 0;
  let portions = 0;
  for (const portion of source.batches(null, PORTION)) {
    signal?.throwIfAborted();
    if (portions++ % every !== 0) continue;
    const stored = new Map(
      (await index.entries(portion.map(({ id }) => id))).map((entry) => [entry.id, entry]),
    );
    const unfound = new Set(await index.unfound(portion.filter(({ id }) => !missing.has(id))));
    for (const pattern of portion) {
      const found = stored.get(pattern.id);
      const difference = found && differenceOf(index.entryOf(pattern), found);
      if (difference) differing.push({ place: placeOf(index, pattern), ...difference });
      else if (unfound.has(pattern.id)) differing.push({ place: placeOf(index, pattern), ...NOT_FOUND });
    }
    checked += portion.length;
    onProgress?.(checked);
  }
  return { checked, differing: few(index, differing) };
}

function placeOf(index: PatternIndex, { id, symbol, timeframe, source }: IndexedPattern): string {
  return `${index.place}, pattern ${id} of ${symbol} ${timeframe} (${source})`;
}

function differenceOf(mine: IndexEntry, stored: IndexEntry): Omit<Problem, "place"> | null {
  if (mine.content !== stored.content) return { expected: mine.content, received: stored.content };
  const { length } = mine.vector;
  if (stored.vector.length !== length)
    return { expected: `a vector of ${length} values`, received: `${stored.vector.length}` };
  const at = mine.vector.findIndex((value, d) => value !== stored.vector[d]);
  if (at < 0) return null;
  return { expected: `${mine.vector[at]} as value ${at}`, received: String(stored.vector[at]) };
}
