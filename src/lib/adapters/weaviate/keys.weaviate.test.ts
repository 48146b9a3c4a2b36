import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { tradingPattern, indexMark } from "../../../../weaviate/schema.ts";
import type { IndexedPattern } from "../../memory/pattern-index.ts";
import { refusal } from "../../testing/refusal.ts";
import { needs } from "../../testing/require.ts";
import { ask } from "../../testing/some-patterns.ts";
import { testServer } from "../../testing/weaviate-host.ts";
import type { WeaviateServer } from "./open-weaviate.ts";
import { serverRoles } from "./server-roles.ts";
import { serverSchema } from "./server-schema.ts";

const weaviate = needs("weaviate");
const OF = { encoderVersion: "keys1", dim: 4 };

function pattern(n: number, horizon = "4h"): IndexedPattern {
  const one = { return: 1, roc: 1, atr: 1, logAtrRatio: 1, realisedVolatility: 1, rvi: 1, maxGain: 1 };
  const context = { ...one, maxLoss: 1, direction: 1, barrier: null, matureAt: n + 1, crossesClose: false };
  return {
    ...{ source: "s", symbol: "X", timeframe: "5m", anchor: n, revision: 0, atrNow: 1, base: {} },
    id: `00000000-0000-5000-8000-${String(n).padStart(12, "0")}`,
    vector: Float32Array.of(1, n, 0, 0),
    outcomes: { [horizon]: [context] },
    lineage: { dataHash: "d", designHash: "g", encoderVersion: OF.encoderVersion },
  };
}

describe.skipIf(weaviate.skip)("keys of a real server without anonymous access", () => {
  const servers: WeaviateServer[] = [];
  const as = async (key: string): Promise<WeaviateServer> => {
    const server = await testServer({ key });
    servers.push(server);
    return server;
  };
  beforeAll(async () => {
    const admin = await as(inject("weaviate")!.key);
    const schema = serverSchema(admin.connection.rest);
    await schema.take({ kind: "create", collection: tradingPattern(OF.encoderVersion, ["4h"]) });
    await schema.take({ kind: "create", collection: indexMark() });
    await serverRoles(admin.connection.rest).apply();
    await admin.tenant("keys").remove();
  });
  afterAll(() => Promise.all(servers.map((server) => server.close())));

  it("let the writer fill, mark, ask and empty a tenant, and the reader only ask", async () => {
    const { keys } = inject("weaviate")!;
    const mine = (await as(keys.write)).tenant("keys").patterns(OF);
    expect(await mine.upsert([[pattern(1), pattern(2)]])).toBe(2);
    await mine.setMark({ truth: "t", change: 1, digest: "d", count: 2 });
    await mine.settled();
    const reader = (await as(keys.read)).tenant("keys");
    const index = reader.patterns(OF);
    await index.settled();
    expect(await index.nearest(ask(), 10)).toHaveLength(2);
    expect([await index.count(), (await index.mark())?.change]).toEqual([2, 1]);
    expect(await index.entries([pattern(1).id])).toEqual([index.entryOf(pattern(1))]);
    const forbidden: readonly (() => Promise<unknown>)[] = [
      () => index.upsert([[pattern(3)]]),
      () => index.remove({ ids: [pattern(1).id] }),
      () => index.remove({ series: pattern(1) }),
      () => index.setMark({ truth: "t", change: 2, digest: "d", count: 2 }),
      () => index.clear(),
      () => reader.remove(),
    ];
    for (const call of forbidden) expect((await refusal(call())).message).toMatch(/may |forbidden/i);
    expect([await mine.count(), (await mine.mark())?.change]).toEqual([2, 1]);
    await mine.remove({ ids: [pattern(1).id] });
    expect(await mine.count()).toBe(1);
    expect(await (await as(keys.write)).tenant("keys").remove()).toHaveLength(2);
  });

  it("let nobody but the admin make a collection or a horizon's date, and say so", async () => {
    const writer = (await as(inject("weaviate")!.keys.write)).tenant("keys");
    const other = await refusal(writer.patterns({ ...OF, encoderVersion: "keys2" }).upsert([[pattern(1)]]));
    expect(other.message).toMatch(/RHYME_WEAVIATE_KEY/);
    const horizon = await refusal(writer.patterns(OF).upsert([[pattern(1, "7d")]]));
    expect(horizon.message).toMatch(/RHYME_WEAVIATE_KEY/);
  });

  it("are asked for: none, or an unknown one, opens nothing", async () => {
    for (const key of [undefined, "", "unknown"])
      expect((await refusal(testServer({ key }))).message).toMatch(/RHYME_WEAVIATE_KEY/);
  });
});
