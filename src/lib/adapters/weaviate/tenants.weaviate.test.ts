import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRng, type Rng } from "../../math/rng.ts";
import { RhymeError } from "../../errors.ts";
import type { IndexedPattern, IndexQuery, PatternIndex } from "../../memory/pattern-index.ts";
import { needs } from "../../testing/require.ts";
import { testServer } from "../../testing/weaviate-host.ts";
import type { WeaviateServer } from "./open-weaviate.ts";
import { TenantHandle } from "./tenant.ts";

// Tenants whose names are as like as names can be, with patterns under the same ids.
const TENANTS = ["leak", "Leak", "leak_", "leak-1", "leak-11"] as const;
const VERSIONS = ["tenants1", "tenants2"] as const;
const SYMBOLS = ["X", "Y"] as const;
const ROUNDS = 1_050;

const weaviate = needs("weaviate");

/** What one tenant has written and not removed, by id. */
class Mine {
  readonly index: PatternIndex;
  readonly owner: string;
  readonly held = new Map<string, IndexedPattern>();
  mark = -1;

  constructor(index: PatternIndex) {
    this.index = index;
    this.owner = `${index.tenant} ${index.encoderVersion}`;
  }

  /** Its owner stands in every pattern, wherever it may turn up. */
  pattern(n: number, rng: Rng): IndexedPattern {
    return {
      ...{ source: "s", symbol: SYMBOLS[n % 2]!, timeframe: "5m", anchor: n, revision: 0 },
      id: `00000000-0000-5000-8000-${String(n).padStart(12, "0")}`,
      vector: Float32Array.of(1, rng.next(), rng.next(), rng.next()),
      ...{ atrNow: rng.next(), base: { "4h": n }, outcomes: { "4h": [context(n + 1)] } },
      lineage: { dataHash: this.owner, designHash: "g", encoderVersion: this.index.encoderVersion },
    };
  }
}

function context(matureAt: number): IndexedPattern["outcomes"][string][number] {
  const one = { return: 1, roc: 1, atr: 1, logAtrRatio: 1, realisedVolatility: 1, rvi: 1 };
  return { ...one, maxGain: 1, maxLoss: 1, direction: 1, barrier: null, matureAt, crossesClose: false };
}

function ask(rng: Rng): IndexQuery {
  return {
    vector: Float32Array.of(1, rng.next(), rng.next(), rng.next()),
    ...{ asOf: rng.int(60), horizon: "4h", timeframe: "5m" },
    among: rng.next() < 0.5 ? "all" : { symbols: [SYMBOLS[rng.int(2)]!] },
  };
}

/** One call of a random verb; what comes back must be its owner's, whatever the others do meanwhile. */
async function oneCall(mine: Mine, rng: Rng): Promise<void> {
  const { index, held, owner } = mine;
  const verb = rng.int(20);
  const some = (): IndexedPattern[] =>
    Array.from({ length: 1 + rng.int(4) }, () => mine.pattern(rng.int(50), rng));
  if (verb < 5) {
    const patterns = [...new Map(some().map((pattern) => [pattern.id, pattern])).values()];
    expect(await index.upsert([patterns])).toBe(patterns.length);
    patterns.forEach((pattern) => held.set(pattern.id, pattern));
  } else if (verb < 13) {
    const found = await index.nearest(ask(rng), 10);
    expect(found.filter(({ lineage }) => lineage.dataHash !== owner)).toEqual([]);
  } else if (verb < 14) {
    const symbol = SYMBOLS[rng.int(2)]!;
    await index.remove({ series: { source: "s", symbol, timeframe: "5m" } });
    for (const pattern of held.values()) if (pattern.symbol === symbol) held.delete(pattern.id);
  } else if (verb < 15) {
    const ids = some().map(({ id }) => id);
    await index.remove({ ids });
    ids.forEach((id) => held.delete(id));
  } else if (verb < 16) {
    expect(await index.count()).toBe(held.size);
  } else if (verb < 17) {
    expect(await listed(index)).toEqual([...held.keys()].sort());
  } else if (verb < 18) {
    const ids = some().map(({ id }) => id);
    const expected = [...new Set(ids)].flatMap((id) => (held.has(id) ? [index.entryOf(held.get(id)!)] : []));
    const found = await index.entries(ids);
    const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
    expect([...found].sort(byId)).toEqual(expected.sort(byId));
  } else if (verb < 19) {
    mine.mark = rng.int(1e6);
    await index.setMark({ truth: owner, change: mine.mark, digest: "d", count: 0 });
  } else {
    const expected = mine.mark < 0 ? null : { truth: owner, change: mine.mark, digest: "d", count: 0 };
    expect(await index.mark()).toEqual(expected);
  }
}

async function listed(index: PatternIndex): Promise<string[]> {
  const ids: string[] = [];
  for await (const portion of index.ids()) ids.push(...portion);
  return ids.sort();
}

describe.skipIf(weaviate.skip)("tenants on a real server", () => {
  let server: WeaviateServer;
  beforeAll(async () => {
    server = await testServer();
    for (const tenant of TENANTS) await server.tenant(tenant).remove();
  });
  afterAll(() => server.close());

  it("never see each other through any verb, in 10,000 calls at once under the same ids; a deleted one is gone whole and alone", async () => {
    const indexOf = (tenant: string, encoderVersion: string): PatternIndex =>
      server.tenant(tenant).patterns({ encoderVersion, dim: 4 });
    const all = TENANTS.flatMap((tenant) => VERSIONS.map((version) => new Mine(indexOf(tenant, version))));
    let calls = 0;
    const course = async (mine: Mine, seed: number): Promise<void> => {
      const rng = createRng(seed);
      for (let round = 0; round < ROUNDS; round++, calls++) await oneCall(mine, rng);
    };
    await Promise.all(all.map((mine, seed) => course(mine, seed + 1)));
    expect(calls).toBeGreaterThanOrEqual(10_000);

    const [gone] = TENANTS;
    for (const { index, held } of all)
      if (held.size === 0) await index.upsert([[new Mine(index).pattern(7, createRng(1))]]);
    const had = await server.tenant(gone).remove();
    expect(had).toEqual(
      expect.arrayContaining(["RhymeIndexMark", "TradingPattern_tenants1", "TradingPattern_tenants2"]),
    );
    for (const { index, held, mark } of all) {
      if (index.tenant === gone) {
        const again = indexOf(gone, index.encoderVersion);
        expect([await again.count(), await again.mark(), await listed(again)]).toEqual([0, null, []]);
        expect(await again.nearest(ask(createRng(1)), 10)).toEqual([]);
      } else {
        await index.settled();
        expect(await index.count()).toBe(Math.max(1, held.size));
        expect((await index.mark())?.change).toBe(mark < 0 ? undefined : mark);
        const found = await index.nearest({ ...ask(createRng(1)), asOf: 1000, among: "all" }, 100);
        expect(found.map(({ id }) => id).sort()).toEqual(
          held.size > 0 ? [...held.keys()].sort() : [expect.any(String)],
        );
      }
    }
    expect(await server.tenant(gone).remove()).toEqual([]);
  }, 300_000);

  it("have names that are checked before anything is made", async () => {
    for (const name of ["", "a b", "a/b", "../b", "é", "x".repeat(65), undefined, null, 7, ["a"]])
      expect(() => server.tenant(name as string)).toThrow(RhymeError);
    expect(() => server.tenant("a").patterns({ encoderVersion: "v-1", dim: 4 })).toThrow(RhymeError);
    expect(() => server.tenant("a").patterns({ encoderVersion: "v1", dim: 0 })).toThrow(RhymeError);
    expect(() => Reflect.construct(TenantHandle, [server.connection, "a b"]) as unknown).toThrow(TypeError);
  });

  it("cannot be left out of a question, nor its instant or horizon: it does not compile", async () => {
    const index = server.tenant("leak").patterns({ encoderVersion: "tenants1", dim: 4 });
    const query = ask(createRng(1));
    // @ts-expect-error no tenant
    expect(() => server.tenant()).toThrow(RhymeError);
    // @ts-expect-error a name is no tenant
    const named: TenantHandle = { name: "leak", place: "", patterns: () => index };
    expect(named).not.toBeInstanceOf(TenantHandle);
    const { asOf, horizon, ...rest } = query;
    // @ts-expect-error no asOf
    await expect(index.nearest({ ...rest, horizon }, 10)).rejects.toThrow(/query.asOf/);
    // @ts-expect-error no horizon
    await expect(index.nearest({ ...rest, asOf }, 10)).rejects.toThrow(/query.horizon/);
    // @ts-expect-error no timeframe
    await expect(index.nearest({ ...query, timeframe: undefined }, 10)).rejects.toThrow(/query.timeframe/);
  });
});
