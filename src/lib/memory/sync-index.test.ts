import { describe, expect, it } from "vitest";
import type {
  IndexedPattern,
  IndexMark,
  PatternBatches,
  PatternIndex,
  PatternSource,
} from "./pattern-index.ts";
import { syncIndex } from "./sync-index.ts";
import { verifyIndex } from "./verify-index.ts";

// An index as a killed server leaves it: what it keeps and what its searches find are two things.

const PATTERNS = ["a", "b", "c"].map((id, i): IndexedPattern => {
  const lineage = { dataHash: "d", designHash: "g", encoderVersion: "v" };
  const series = { source: "s", symbol: "S", timeframe: "5m" };
  return {
    ...{ id, ...series, anchor: i, revision: 0, vector: Float32Array.of(i) },
    ...{ atrNow: 1, base: {}, outcomes: {}, lineage },
  };
});

const SOURCE: PatternSource = {
  place: "truth",
  truth: "t",
  newest: () => 1,
  digest: () => "d",
  note: () => ({ change: 1, digest: "d" }),
  noted: () => null,
  changesAfter: () => ({ stretches: [], deleted: false }),
  count: () => PATTERNS.length,
  ids: () => new Set(PATTERNS.map(({ id }) => id)),
  batches: () => [PATTERNS],
};

interface Killed {
  readonly index: PatternIndex;
  readonly removed: readonly string[];
  mark: IndexMark | null;
}

/** Keeps `stored`, of which searches find only what is in `found`; never finds what is `lost` for good. */
function killedIndex(stored: readonly string[], found: readonly string[], lost?: string): Killed {
  const kept = new Map(PATTERNS.filter(({ id }) => stored.includes(id)).map((one) => [one.id, one]));
  const searchable = new Set(found);
  const removed: string[] = [];
  const killed: Killed = { index: {} as PatternIndex, removed, mark: null };
  const upsert = async (batches: PatternBatches): Promise<number> => {
    let written = 0;
    for await (const batch of batches)
      for (const one of batch) {
        if (!kept.has(one.id) && one.id !== lost) searchable.add(one.id);
        kept.set(one.id, one);
        written++;
      }
    return written;
  };
  const index: Partial<PatternIndex> = {
    place: "index",
    upsert,
    remove: async (what) => {
      for (const id of "ids" in what ? what.ids : []) {
        kept.delete(id);
        searchable.delete(id);
        removed.push(id);
      }
    },
    count: async () => kept.size,
    ids: async function* () {
      yield [...kept.keys()];
    },
    entries: async (ids) => ids.flatMap((id) => (kept.has(id) ? [entry(kept.get(id)!)] : [])),
    entryOf: entry,
    unfound: async (some) => some.map(({ id }) => id).filter((id) => !searchable.has(id)),
    mark: async () => killed.mark,
    setMark: async (mark) => void (killed.mark = mark),
    settled: async () => {},
  };
  return Object.assign(killed, { index: index as PatternIndex });
}

const entry = ({ id, vector }: IndexedPattern): { id: string; vector: Float32Array; content: string } => ({
  ...{ id, vector, content: "" },
});

describe("an index on a server that was killed", () => {
  it("has what is kept and not found written anew, and nothing else", async () => {
    const killed = killedIndex(["a", "b"], ["a"]);
    expect((await verifyIndex(SOURCE, killed.index)).problems).toHaveLength(3); // count, c, and b
    await syncIndex(SOURCE, killed.index);
    expect(killed.removed).toEqual(["b"]);
    expect(killed.mark).toMatchObject({ change: 1, count: 3 });
    expect((await verifyIndex(SOURCE, killed.index)).problems).toEqual([]);
  });

  it("is told to hold what the truth does not, and what it names twice", async () => {
    const { index } = killedIndex(["a", "b", "c"], ["a", "b", "c"]);
    const ids = async function* (): AsyncGenerator<readonly string[]> {
      yield ["a", "b", "x"];
      yield ["b", "c"];
    };
    const told = (await verifyIndex(SOURCE, { ...index, ids })).problems.map(({ received }) => received);
    expect(told).toEqual(["pattern x", "the same id twice"]);
  });

  it("gets no mark while it does not find what it acknowledged", async () => {
    const killed = killedIndex([], [], "c");
    await expect(syncIndex(SOURCE, killed.index)).rejects.toThrow(/1 that they do not \(c/);
    expect(killed.mark?.filledTo).toBeDefined();
  });
});
