import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RhymeError } from "../../errors.ts";
import type { Answer } from "../../recall/answer.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { ask, DIM, SERIES, someContexts, somePatterns, T0 } from "../../testing/some-patterns.ts";
import { temporaryFolder, type TemporaryFolder } from "../../testing/temporary-folder.ts";
import { openMemoryFolder, type MemoryFolder } from "./open-memory.ts";

const ENCODER = {
  version: "v1",
  kind: "test",
  dim: DIM,
  timeframes: ["5m", "1h"],
  featureSet: "f",
  featureSetHash: "h",
  knownAt: T0,
};
const FILES = { "encoder.json": Buffer.from("{}"), "weights.safetensors": new Uint8Array([1, 2, 3]) };

function answer(id: string, tenant = "default", anchor = "2024-01-01T00:00:00Z"): Answer {
  const question = { tenant, ...SERIES, asOf: anchor, anchor, horizon: "4h", k: 10, among: "all" };
  return { id, question, encoder: { version: "v1" } } as unknown as Answer;
}

describe("a memory folder", () => {
  let at: TemporaryFolder;
  let folder: MemoryFolder;
  beforeEach(() => {
    at = temporaryFolder();
    folder = openMemoryFolder(at.path, { mode: "write" });
  });
  afterEach(() => {
    folder.close();
    at.remove();
  });

  it("keeps encoders as files, gives them back whole and lists them by when they were known", () => {
    expect(folder.encoders.save(ENCODER, FILES)).toBe(true);
    expect(folder.encoders.save(ENCODER, FILES)).toBe(false);
    folder.encoders.save({ ...ENCODER, version: "v0", knownAt: T0 + 1 }, FILES);
    expect(folder.encoders.list()).toEqual([ENCODER, { ...ENCODER, version: "v0", knownAt: T0 + 1 }]);
    const loaded = folder.encoders.load("v1");
    expect(Object.entries(loaded).map(([name, bytes]) => [name, [...bytes]])).toEqual(
      Object.entries(FILES).map(([name, bytes]) => [name, [...bytes]]),
    );
    expect(readdirSync(join(at.path, "encoders")).sort()).toEqual(["v0", "v1"]);
  });

  it("refuses other files under a version that is kept, unknown versions, and names that lead elsewhere", () => {
    folder.encoders.save(ENCODER, FILES);
    expect(() => folder.encoders.save(ENCODER, { ...FILES, "encoder.json": Buffer.from("[]") })).toThrow(
      RhymeError,
    );
    expect(() => folder.encoders.load("v9")).toThrow(/Choose one of v1/);
    expect(() => folder.encoders.load("../v1")).toThrow(RhymeError);
    expect(() => folder.encoders.save({ ...ENCODER, version: "../x" }, FILES)).toThrow(RhymeError);
    expect(() =>
      folder.encoders.save({ ...ENCODER, version: "v3" }, { "../x": FILES["encoder.json"] }),
    ).toThrow(TypeError);
    expect(existsSync(join(at.path, "x"))).toBe(false);
    expect([...folder.encoders.load("v1")["encoder.json"]!]).toEqual([...FILES["encoder.json"]]);
  });

  it("keeps one record per tenant, series, encoder and horizon", () => {
    const key = { tenant: "default", series: SERIES, encoderVersion: "v1", horizon: "4h" };
    expect(folder.records.get(key)).toBeNull();
    folder.records.put(key, "one");
    folder.records.put({ ...key, horizon: "1d" }, "other");
    folder.records.put(key, "two");
    expect(folder.records.get(key)).toBe("two");
    for (const other of [
      { tenant: "t2" },
      { encoderVersion: "v2" },
      { series: { ...SERIES, symbol: "ETHUSDT" } },
    ])
      expect(folder.records.get({ ...key, ...other })).toBeNull();
    expect(() => folder.records.get({ ...key, tenant: "a b" })).toThrow(RhymeError);
  });

  it("logs answers as they were first said, each tenant its own", () => {
    expect(folder.answers.put(answer("a"), 5)).toBe(true);
    expect(folder.answers.put({ ...answer("a"), reason: "changed" }, 6)).toBe(false);
    folder.answers.put(answer("b", "default", "2024-02-01T00:00:00Z"), 7);
    folder.answers.put(answer("a", "other"), 8);
    expect(folder.answers.get("default", "a")).toEqual({ recordedAt: 5, answer: answer("a") });
    expect(folder.answers.get("default", "c")).toBeNull();
    expect(folder.answers.list("default").map((entry) => entry.answer.id)).toEqual(["b", "a"]);
    expect(folder.answers.list("default", { limit: 1 }).map((entry) => entry.recordedAt)).toEqual([7]);
    expect(folder.answers.list("other").map((entry) => entry.recordedAt)).toEqual([8]);
    expect(folder.answers.list("other", { symbol: "ETHUSDT" })).toEqual([]);
    const [whole, truth] = [folder.answers.digest(), folder.digest()];
    folder.answers.put({ ...answer("a"), reason: "changed" }, 9);
    expect(folder.answers.digest()).toBe(whole);
    folder.answers.put(answer("c"), 9);
    expect(folder.answers.digest()).not.toBe(whole);
    expect(folder.digest()).toEqual(truth);
  });

  it("says what it holds, and forgets a tenant or a series whole", async () => {
    folder.candles.write(
      { ...syntheticCandles({ seed: 1, rows: 50 }), source: "test", symbol: "BTCUSDT" },
      T0,
    );
    const batch = somePatterns(6);
    for (const tenant of ["one", "two"]) {
      const memory = folder.memory(tenant, { version: "v1", dim: DIM });
      for (const symbol of ["BTCUSDT", "ETHUSDT"]) {
        const own = { ...batch, series: { ...SERIES, symbol } };
        await memory.put(own);
        if (symbol === "BTCUSDT") await memory.label(someContexts(own));
      }
      folder.answers.put(answer("a", tenant), 1);
      folder.records.put({ tenant, series: SERIES, encoderVersion: "v1", horizon: "4h" }, "r");
    }
    const says = (): unknown[] =>
      folder.holdings().map((h) => [h.tenant, h.symbol, h.encoder, h.patterns, h.contexts]);
    expect(says()).toEqual([
      ...["one", "two"].map((tenant) => [tenant, "BTCUSDT", "v1", 6, { "4h": 6 }]),
      ...["one", "two"].map((tenant) => [tenant, "ETHUSDT", "v1", 6, {}]),
    ]);
    expect(folder.holdings("two")).toHaveLength(2);
    expect(folder.summary()).toMatchObject({
      answers: 2,
      records: 2,
      series: [{ symbol: "BTCUSDT", rows: 50 }],
    });
    const mine = folder.memory("one", { version: "v1", dim: DIM });
    expect(await mine.query(ask())).toHaveLength(6);
    expect(folder.forget({ tenant: "two" })).toEqual({
      ...{ patterns: 12, contexts: 6, candles: 0, records: 1, answers: 1 },
    });
    expect(await folder.memory("two", { version: "v1", dim: DIM }).count()).toBe(0);
    expect(await mine.count()).toBe(12);
    expect(folder.forget({ series: SERIES })).toEqual({
      ...{ patterns: 6, contexts: 6, candles: 50, records: 1, answers: 1 },
    });
    expect(says()).toEqual([["one", "ETHUSDT", "v1", 6, {}]]);
    expect(folder.candles.list()).toEqual([]);
    expect(await mine.query(ask())).toEqual([]);
    expect(folder.verify().problems).toEqual([]);
    expect(await mine.put(batch)).toEqual({ written: 6, unchanged: 0 });
  });
});
