import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { LIVE_MARKET_STATE, LIVE_STATE_TTL_MS } from "../../../../weaviate/schema.ts";
import { startWeaviate } from "../../../cli/services/start-weaviate.ts";
import { someJudgement, someState } from "../../testing/live-moments.ts";
import { needs } from "../../testing/require.ts";
import { HOUR, T0 } from "../../testing/some-patterns.ts";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import { byProperty } from "./by-property.ts";
import { openWeaviate, type WeaviateServer } from "./open-weaviate.ts";

const weaviate = needs("weaviate");

describe.skipIf(weaviate.skip)("on a server, a tenant's", () => {
  let server: WeaviateServer;
  beforeAll(async () => {
    const { address, key } = inject("weaviate")!;
    server = await openWeaviate(address, { key });
  });
  afterAll(() => server.close());

  describe("live states", () => {
    it("come back as they were put, one per symbol and timeframe, the newest moment", async () => {
      const states = server.tenant("live1").liveStates();
      const now = Date.now();
      expect([await states.list(now), await states.get(someState(), now)]).toEqual([[], null]);
      expect(await states.put(someState(), now)).toBe(true);
      const later = someState({ anchor: T0 + HOUR, embedding: Float32Array.of(1, 0, 0, 0), source: "other" });
      expect(await states.put(later, now)).toBe(true);
      expect(await states.put(someState(), now)).toBe(false);
      expect(await states.get(later, now)).toEqual(later);
      const hourly = someState({ timeframe: "1h" });
      await states.put(hourly, now);
      await states.put(hourly, now);
      expect(await states.list(now)).toEqual([hourly, later]);
      expect(await server.tenant("live2").liveStates().list(now)).toEqual([]);
    });

    it("are gone from the instant at which they expire, and hold nothing up", async () => {
      const states = server.tenant("live3").liveStates();
      const now = Date.now();
      await states.put(someState(), now);
      await states.put(someState({ timeframe: "1h" }), now + 1);
      const end = now + LIVE_STATE_TTL_MS;
      expect(await states.list(end - 1)).toHaveLength(2);
      expect(await states.get(someState(), end)).toBeNull();
      expect((await states.list(end)).map(({ timeframe }) => timeframe)).toEqual(["1h"]);
      expect(await states.put(someState({ anchor: T0 - HOUR }), end)).toBe(true);
      expect(await states.get(someState(), end)).toMatchObject({ anchor: T0 - HOUR });
    });

    it("are hidden by the server only where expiresAt is read: so our reads hide them themselves", async () => {
      const tenant = server.tenant("live5");
      const then = Date.now() - LIVE_STATE_TTL_MS - 1_000;
      await tenant.liveStates().put(someState(), then);
      const filters = byProperty("symbol").equal("BTCUSDT");
      const read = (properties: readonly string[]): Promise<readonly unknown[]> =>
        tenant.collection(LIVE_MARKET_STATE).where({ filters, properties });
      expect([await read(["expiresAt"]), await read(["symbol"])]).toMatchObject([[], [{}]]);
      expect(await tenant.liveStates().list(Date.now())).toEqual([]);
    });

    it("refuse what cannot be kept, by name", async () => {
      const states = server.tenant("live4").liveStates();
      const bad = someState({ embedding: Float32Array.of(1, NaN, 0, 0) });
      await expect(states.put(bad, Date.now())).rejects.toThrow("finite numbers in an embedding");
      expect(await states.list(Date.now())).toEqual([]);
    });
  });

  describe("anomalies", () => {
    it("come back newest first with what they were compared with, and once however often put", async () => {
      const anomalies = server.tenant("anomalies1").anomalies();
      expect(await anomalies.list()).toEqual([]);
      const embedding = Float32Array.of(0.1, 0.2, 0.3, 0.4);
      const all = [0, 1, 2].map((n) => ({ judgement: someJudgement(n), embedding }));
      await anomalies.put(all);
      await anomalies.put(all.slice(1));
      expect(await anomalies.list()).toEqual(all.toReversed());
      expect(await server.tenant("anomalies2").anomalies().list()).toEqual([]);
    });

    it("are found by series, span and p-value, ends included", async () => {
      const anomalies = server.tenant("anomalies3").anomalies();
      const judgements = [0, 1, 2, 3].map((n) => someJudgement(n, n === 3 ? { symbol: "ETHUSDT" } : {}));
      await anomalies.put(judgements.map((judgement) => ({ judgement, embedding: Float32Array.of(1) })));
      const found = async (which: Parameters<typeof anomalies.list>[0]): Promise<number[]> =>
        (await anomalies.list(which)).map(({ judgement }) => (judgement.anchor - T0) / HOUR);
      expect(await found({ symbol: "ETHUSDT" })).toEqual([3]);
      expect(await found({ symbol: "BTCUSDT", timeframe: "1h" })).toEqual([]);
      expect(await found({ from: T0 + HOUR, to: T0 + 2 * HOUR })).toEqual([2, 1]);
      expect(await found({ pValue: judgements[2]!.pValue! })).toEqual([3, 2]);
    });

    it("have a p-value, or are refused", async () => {
      const unjudged = someJudgement(0, { pValue: null, kind: null, anomalous: false });
      const put = server
        .tenant("anomalies4")
        .anomalies()
        .put([{ judgement: unjudged, embedding: Float32Array.of(1) }]);
      await expect(put).rejects.toThrow("a judgement with a p-value");
    });
  });
});

it.skipIf(weaviate.skip)("a server deletes live states that have expired, and nothing else", async () => {
  const at = temporaryFolder();
  const env = { OBJECTS_TTL_DELETE_SCHEDULE: "@every 1s" };
  const own = await startWeaviate({ binary: inject("weaviate")!.binary, dataPath: `${at.path}/data`, env });
  const server = await openWeaviate(own.address, { key: own.key });
  try {
    const tenant = server.tenant("expiry");
    const objects = tenant.collection(LIVE_MARKET_STATE);
    await tenant.liveStates().put(someState(), Date.now() - LIVE_STATE_TTL_MS - 1_000);
    await tenant.liveStates().put(someState({ timeframe: "1h" }), Date.now());
    await tenant.anomalies().put([{ judgement: someJudgement(0), embedding: Float32Array.of(1) }]);
    const deadline = performance.now() + 60_000;
    while ((await objects.count()) > 1 && performance.now() < deadline) await pause(200);
    expect(await objects.count()).toBe(1);
    expect(await tenant.liveStates().list(Date.now())).toMatchObject([{ timeframe: "1h" }]);
    expect(await tenant.anomalies().list()).toHaveLength(1);
  } finally {
    await server.close();
    await own.kill();
    at.remove();
  }
});
