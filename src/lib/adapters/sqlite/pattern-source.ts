import { sha256Hex } from "../../math/hash.ts";
import type { MemoryIdentity } from "../../memory/checks.ts";
import type {
  Changes,
  IndexedPattern,
  PatternSource,
  Place,
  Reached,
  Stretch,
} from "../../memory/pattern-index.ts";
import { uuidText } from "../../memory/pattern-id.ts";
import { identityOf } from "./identity.ts";
import { readStretch } from "./read-stretch.ts";
import { findSeries } from "./series-table.ts";
import type { Store } from "./store.ts";
import { damagedStore } from "./store-error.ts";
import { readTallies } from "./tally.ts";

/**
 * What the truth offers for mirroring one tenant's patterns of one encoder version. The table `changes` is its
 * outbox: every put, label and deletion stands there, written in the same transaction.
 */
export function patternSource(store: Store, of: MemoryIdentity): PatternSource {
  const memory = (): number => memoryNumber(store, of);
  return {
    place: store.place,
    /** A memory that was forgotten and begun again is another one: its number is never given twice. */
    get truth() {
      return `${identityOf(store)}/${memory()}`;
    },
    newest: () => newestChange(store, memory()),
    digest: () => contentDigest(store, memory()),
    note: () => note(store, memory()),
    noted: (change) => {
      const sql = "SELECT digest FROM mirrored WHERE memory = ? AND change = ?";
      return (store.row(sql, memory(), change)?.[0] ?? null) as string | null;
    },
    changesAfter: (change) => store.snapshot(() => changesAfter(store, memory(), change)),
    count: () => patternCount(store, memory()),
    ids: () => {
      const found = new Set<string>();
      store.scan("SELECT id FROM patterns WHERE memory = ?", [memory()], ([id]) => {
        found.add(uuidText(id as Uint8Array, 0));
      });
      return found;
    },
    batches: (wanted, size) => {
      if (wanted === null) return allPatterns(store, of, size);
      if ("after" in wanted) return patternsAfter(store, of, wanted.after, size);
      return patternsOf(store, of, wanted, size);
    },
  };
}

function memoryNumber(store: Store, { tenant, encoderVersion }: MemoryIdentity): number {
  const sql = "SELECT memory FROM memories WHERE tenant = ? AND encoder = ?";
  return (store.row(sql, tenant, encoderVersion)?.[0] ?? 0) as number;
}

function newestChange(store: Store, memory: number): number {
  return (store.row("SELECT max(change) FROM changes WHERE memory = ?", memory)![0] ?? 0) as number;
}

function patternCount(store: Store, memory: number): number {
  const tallies = readTallies(store, "kind = 'patterns' AND memory = ?", [memory]);
  return tallies.reduce((sum, { tally }) => sum + tally.rows, 0);
}

/** Of the tallies, which are summed over digests of all rows. */
function contentDigest(store: Store, memory: number): string {
  const where = "memory = ? AND kind IN ('patterns', 'forecasts', 'contexts', 'context_revisions')";
  const found = readTallies(store, `${where} ORDER BY kind, part, series`, [memory]);
  const sums = found.map(({ key, tally }) => [key.kind, key.part, key.series, tally.rows, tally.sum]);
  return sha256Hex(Buffer.from(JSON.stringify(sums)));
}

/** In one transaction: what a mark will say, before it is written to the index. */
function note(store: Store, memory: number): Reached {
  const reached = (): Reached => ({
    change: newestChange(store, memory),
    digest: contentDigest(store, memory),
  });
  if (!store.writable) return store.snapshot(reached);
  return store.write(() => {
    const { change, digest } = reached();
    store.run("INSERT OR REPLACE INTO mirrored VALUES (?, ?, ?)", memory, change, digest);
    return { change, digest };
  });
}

function changesAfter(store: Store, memory: number, change: number): Changes {
  const sql = `SELECT source, symbol, timeframe, first, last FROM changes JOIN series USING (series)
    WHERE memory = ? AND change > ? AND kind <> 'delete' ORDER BY series, first`;
  const stretches: Stretch[] = [];
  store.scan(sql, [memory, change], ([source, symbol, timeframe, first, last]) => {
    const series = { source, symbol, timeframe } as Stretch["series"];
    const next = { series, first: first as number, last: last as number };
    const before = stretches.at(-1);
    if (before && sameSeries(before, next) && next.first <= before.last)
      stretches[stretches.length - 1] = { ...before, last: Math.max(before.last, next.last) };
    else stretches.push(next);
  });
  const gone = "SELECT 1 FROM changes WHERE memory = ? AND change > ? AND kind = 'delete' LIMIT 1";
  return { stretches, deleted: store.row(gone, memory, change) !== null };
}

function sameSeries({ series: a }: Stretch, { series: b }: Stretch): boolean {
  return a.source === b.source && a.symbol === b.symbol && a.timeframe === b.timeframe;
}

function* patternsOf(
  store: Store,
  of: MemoryIdentity,
  { series, first, last }: Stretch,
  size: number,
): Generator<readonly IndexedPattern[]> {
  let from = first;
  for (;;) {
    const portion = store.snapshot(() =>
      readStretch(store, {
        memory: memoryNumber(store, of),
        ...{ number: findSeries(store, series) ?? -1, series, encoderVersion: of.encoderVersion },
        ...{ from, to: last, limit: size },
      }),
    );
    if (portion.length > 0) yield portion;
    if (portion.length < size) return;
    from = portion.at(-1)!.anchor + 1; // revision 0 alone is stored, so an anchor is never cut in two
  }
}

const EVER = Number.MAX_SAFE_INTEGER;

/** @throws RhymeError "store" where there are fewer or more than were ever written */
function* allPatterns(store: Store, of: MemoryIdentity, size: number): Generator<readonly IndexedPattern[]> {
  const begun = newestChange(store, memoryNumber(store, of));
  let read = 0;
  for (const series of seriesFrom(store, 0))
    for (const portion of patternsOf(store, of, { series, first: -EVER, last: EVER }, size)) {
      read += portion.length;
      yield portion;
    }
  const memory = memoryNumber(store, of);
  const written = patternCount(store, memory);
  if (newestChange(store, memory) === begun && read !== written)
    throw damagedStore(store.place, `the patterns: ${read} of ${written} that were written`);
}

/** A series that has gone is looked for in vain, and then all are handed out. */
function* patternsAfter(
  store: Store,
  of: MemoryIdentity,
  { series, anchor }: Place,
  size: number,
): Generator<readonly IndexedPattern[]> {
  const number = findSeries(store, series) ?? -1;
  if (number >= 0) yield* patternsOf(store, of, { series, first: anchor + 1, last: EVER }, size);
  for (const next of seriesFrom(store, number + 1))
    yield* patternsOf(store, of, { series: next, first: -EVER, last: EVER }, size);
}

function seriesFrom(store: Store, number: number): readonly Stretch["series"][] {
  const sql = "SELECT source, symbol, timeframe FROM series WHERE series >= ? ORDER BY series";
  return store
    .rows(sql, number)
    .map(([source, symbol, timeframe]) => ({ source, symbol, timeframe }) as Stretch["series"]);
}
