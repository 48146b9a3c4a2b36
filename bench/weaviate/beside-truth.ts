import { VECTOR } from "../../weaviate/schema.ts";
import { DETAIL } from "../../src/lib/adapters/weaviate/pattern-object.ts";
import { scopeFilter } from "../../src/lib/adapters/weaviate/pattern-filter.ts";
import type { TenantCollection } from "../../src/lib/adapters/weaviate/tenant-collection.ts";
import { indexedMemory } from "../../src/lib/memory/indexed-memory.ts";
import type { Memory } from "../../src/lib/memory/memory.ts";
import type { PatternIndex, PatternSource } from "../../src/lib/memory/pattern-index.ts";
import { ramMemory } from "../../src/lib/memory/ram-memory.ts";
import { fillMemory, TENANT, type BenchMoments } from "./moments.ts";
import { HORIZON, type Asked } from "./questions.ts";

/** Asked for beyond k: what `rankedHits` asks a server for at first. */
const MARGIN = 16;
const AT_ONCE = 4;

/** The exact memory of these moments; its search is the one that memory folders have. */
export async function exactMemory(moments: BenchMoments): Promise<Memory> {
  const { version, dim } = moments.encoder;
  const memory = ramMemory({ tenant: TENANT, encoderVersion: version, dim });
  await fillMemory(memory, moments, HORIZON);
  return memory;
}

/** A memory whose searches go to an index that has just been filled. */
export async function searchedBy(
  index: PatternIndex,
  truth: Memory,
  { count }: BenchMoments,
): Promise<Memory> {
  const source: PatternSource = {
    ...{ place: "bench", truth: "bench", newest: () => 1, digest: () => "", count: () => count },
    ...{ note: () => ({ change: 1, digest: "" }), noted: () => null },
    changesAfter: () => ({ stretches: [], deleted: false }),
    ids: () => new Set(),
    batches: () => [],
  };
  await index.setMark({
    truth: source.truth,
    change: 1,
    digest: source.digest(),
    count: await index.count(),
  });
  return indexedMemory(truth, source, index, { whenBehind: "refuse" });
}

/** Questions a second with their filter and without any, some at once, in turns so that both meet the same machine. */
export async function filteredAgainstNone(
  objects: TenantCollection,
  { queries }: Asked,
  rounds: number,
): Promise<{ readonly filtered: number; readonly unfiltered: number }> {
  const ms = { filtered: 0, unfiltered: 0 };
  for (let round = -1; round < rounds; round++)
    for (const kind of ["unfiltered", "filtered"] as const) {
      const start = performance.now();
      await inParallel(queries.length, async (q) => {
        const query = queries[q]!;
        const filters = kind === "filtered" ? { filters: scopeFilter(query)! } : {};
        const vector = { name: VECTOR, values: query.vector };
        await objects.near(vector, query.k + MARGIN, { properties: [DETAIL], ...filters });
      });
      if (round >= 0) ms[kind] += performance.now() - start;
    }
  const perSecond = (spent: number): number => (1_000 * rounds * queries.length) / spent;
  return { filtered: perSecond(ms.filtered), unfiltered: perSecond(ms.unfiltered) };
}

async function inParallel(count: number, work: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}
