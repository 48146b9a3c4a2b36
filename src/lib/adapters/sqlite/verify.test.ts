import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RhymeError } from "../../errors.ts";
import { createRng } from "../../math/rng.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { ask, DIM, HOUR, SERIES, someContexts, somePatterns, T0 } from "../../testing/some-patterns.ts";
import { temporaryFolder, type TemporaryFolder } from "../../testing/temporary-folder.ts";
import { openMemoryFolder, type MemoryFolder } from "./open-memory.ts";

const ENCODER = {
  version: "v1",
  kind: "test",
  dim: DIM,
  timeframes: ["5m"],
  featureSet: "f",
  featureSetHash: "h",
  knownAt: T0,
};
const KEY = { tenant: "default", series: SERIES, encoderVersion: "v1", horizon: "4h" };

describe("verify", () => {
  let at: TemporaryFolder;
  beforeEach(async () => {
    at = temporaryFolder();
    const folder = openMemoryFolder(at.path, { mode: "write" });
    folder.candles.write(syntheticCandles({ seed: 1, rows: 200 }), T0);
    const batch = somePatterns(200);
    const memory = folder.memory("default", { version: "v1", dim: DIM });
    await memory.put(batch);
    await memory.label(someContexts(batch));
    folder.encoders.save(ENCODER, {
      "encoder.json": Buffer.from("{}"),
      "weights.safetensors": new Uint8Array(100),
    });
    folder.records.put(KEY, '{"answers":3}');
    folder.close();
  });
  afterEach(() => at.remove());

  const opened = <T>(work: (folder: MemoryFolder) => T): T => {
    const folder = openMemoryFolder(at.path, { mode: "read" });
    try {
      return work(folder);
    } finally {
      folder.close();
    }
  };
  const edit = (sql: string): void => {
    const db = new DatabaseSync(join(at.path, "rhyme.sqlite"));
    expect(Number(db.prepare(sql).run().changes)).toBeGreaterThan(0);
    db.close();
  };

  it("finds nothing wrong with what was written, and counts it", () => {
    expect(opened((folder) => folder.verify())).toEqual({ checked: 200 + 200 + 1, problems: [] });
  });

  it("names the pattern, forecast, context, candle, record or file in which anything was changed", () => {
    const second = `anchor = ${T0 + HOUR}`;
    const cases = [
      [
        `UPDATE patterns SET vector = CAST(x'00000040' || substr(vector, 5) AS BLOB) WHERE ${second}`,
        "vector of BTCUSDT 5m (test) at 2024-01-01T01:00:00Z",
      ],
      [`UPDATE patterns SET vector = substr(vector, 2) WHERE ${second}`, "vector of BTCUSDT"],
      [`UPDATE patterns SET atr_now = atr_now * 1.0000001 WHERE ${second}`, "vector of BTCUSDT"],
      [`UPDATE patterns SET id = zeroblob(16) WHERE ${second}`, "pattern id of BTCUSDT"],
      [`UPDATE patterns SET anchor = anchor + 1 WHERE ${second}`, "at 2024-01-01T01:00:00.001Z"],
      [`UPDATE patterns SET lineage = 99 WHERE ${second}`, "lineage of BTCUSDT"],
      [`DELETE FROM patterns WHERE ${second}`, "context 4h of BTCUSDT"],
      [`UPDATE forecasts SET base = base + 1e-12 WHERE ${second}`, "base forecast 4h of BTCUSDT"],
      [`UPDATE contexts SET rvi = rvi + 1e-12 WHERE ${second}`, "context 4h of BTCUSDT"],
      [`UPDATE contexts SET barrier = 0 WHERE ${second}`, "context 4h of BTCUSDT"],
      [`UPDATE contexts SET mature_at = mature_at - 1 WHERE ${second}`, "context 4h of BTCUSDT"],
      [
        "UPDATE candles SET high = high + 1 WHERE open_time = (SELECT max(open_time) FROM candles)",
        "candle of TEST 5m",
      ],
      ["UPDATE series SET symbol = 'ETHUSDT' WHERE symbol = 'BTCUSDT'", "pattern id of ETHUSDT"],
      ["UPDATE records SET record = '{}'", "record of BTCUSDT 4h"],
    ] as const;
    for (const [sql, place] of cases) {
      const whole = readFileSync(join(at.path, "rhyme.sqlite"));
      edit(sql);
      const { problems } = opened((folder) => folder.verify());
      expect(problems.map((problem) => problem.place).join("\n"), sql).toContain(place);
      writeFileSync(join(at.path, "rhyme.sqlite"), whole);
    }
    for (const name of ["encoder.json", "weights.safetensors"]) {
      writeFileSync(join(at.path, "encoders", "v1", name), "other");
      expect(opened((folder) => folder.verify()).problems.at(-1)!.place).toContain(name);
      expect(() => opened((folder) => folder.encoders.load("v1"))).toThrow(/SHA-256/);
    }
    rmSync(join(at.path, "encoders", "v1", "encoder.json"));
    expect(() => opened((folder) => folder.encoders.load("v1"))).toThrow(/no such file/);
  });

  it.each([
    ["a pattern that was changed", "UPDATE patterns SET atr_now = atr_now * 2", /the pattern at/],
    ["a context that was changed", 'UPDATE contexts SET "return" = "return" + 1', /what followed/],
    ["a base forecast that was changed", "UPDATE forecasts SET base = base + 1", /the base forecast/],
    [
      "patterns one of which is missing",
      `DELETE FROM patterns WHERE anchor = ${T0}`,
      /patterns: 199 of 200 rows/,
    ],
    ["a context too few", `DELETE FROM contexts WHERE anchor = ${T0}`, /contexts 4h: 199 of 200 rows/],
    [
      "a base forecast too few",
      `DELETE FROM forecasts WHERE anchor = ${T0}`,
      /forecasts 4h: 199 of 200 rows/,
    ],
    ["a pattern's other id", "UPDATE patterns SET id = zeroblob(16)", /the pattern at/],
    ["a lineage that was changed", "UPDATE lineages SET data_hash = 'other'", /the table of lineages/],
    ["a series under another name", "UPDATE series SET timeframe = '1m'", /the table of series/],
    ["an encoder too few", "DELETE FROM encoders", /the table of encoders/],
    ["a lost tally", "DELETE FROM tallies WHERE kind = 'contexts'", /contexts 4h: 200 of 0 rows/],
    ["a changed tally", "UPDATE tallies SET rows = rows + 1", /the table of tallies/],
  ])("never answers from %s", async (_what, sql, message) => {
    edit(sql);
    const folder = openMemoryFolder(at.path, { mode: "read" });
    const found = async (): Promise<unknown> =>
      folder.memory("default", { version: "v1", dim: DIM }).query(ask());
    await expect(found()).rejects.toThrow(message);
    await expect(found()).rejects.toThrow(message); // not the second time either
    expect(folder.verify().problems.length).toBeGreaterThan(0);
    folder.close();
  });

  it.each([
    ["one was changed", "UPDATE candles SET close = close * 2", /the candle of/],
    [
      "one is missing",
      "DELETE FROM candles WHERE open_time = (SELECT max(open_time) FROM candles)",
      /199 of 200/,
    ],
  ])("never reads candles where %s", (_what, sql, message) => {
    const [key] = opened((folder) => folder.candles.list());
    edit(sql);
    expect(() => opened((folder) => folder.candles.read(key!, { asOf: Infinity }))).toThrow(message);
    expect(opened((folder) => folder.verify()).problems.length).toBeGreaterThan(0);
  });

  it("tells a record that is missing from one that never was", () => {
    const other = { ...KEY, horizon: "1d" };
    expect(opened((folder) => folder.records.get(other))).toBeNull();
    edit("DELETE FROM records");
    expect(() => opened((folder) => folder.records.get(KEY))).toThrow(/record of past answers.*0 of 1 rows/);
    const [problem] = opened((folder) => folder.verify()).problems;
    expect(problem).toMatchObject({ place: "record of BTCUSDT 4h, tenant default", received: "none" });
    expect(opened((folder) => folder.records.get(other))).toBeNull();
  });

  it("never hands out a record that was changed", () => {
    edit("UPDATE records SET record = '{'");
    expect(() => opened((folder) => folder.records.get(KEY))).toThrow(/record of past answers/);
  });

  it("embeds a sample again and names what comes out different", async () => {
    const stored = somePatterns(200);
    const asked: number[] = [];
    const reembed = (wrong: number) => (of: { anchor: number; encoderVersion: string }) => {
      asked.push(of.anchor);
      const row = (of.anchor - T0) / HOUR;
      const vector = stored.vectors.slice(row * DIM, (row + 1) * DIM);
      if (row === wrong) vector[3]! += 1e-6;
      return row === 0 ? null : vector;
    };
    expect(opened((folder) => folder.verify({ reembed: reembed(-1), sample: 5 })).problems).toEqual([]);
    expect(asked.map((anchor) => (anchor - T0) / HOUR)).toEqual([0, 50, 100, 149, 199]);
    const { problems } = opened((folder) => folder.verify({ reembed: reembed(199), sample: 5 }));
    expect(problems).toHaveLength(1);
    expect(problems[0]!.place).toContain(
      "embedding of BTCUSDT 5m (test) at 2024-01-09T07:00:00Z, encoder v1",
    );
  });

  it("meets any damaged byte with a named problem, a RhymeError or the answers of before, never anything else", async () => {
    const path = join(at.path, "rhyme.sqlite");
    const whole = readFileSync(path);
    const look = async (): Promise<unknown> => {
      const folder = openMemoryFolder(at.path, { mode: "read" });
      try {
        const problems = folder.verify().problems;
        if (problems.length > 0) return "named";
        const memory = folder.memory("default", { version: "v1", dim: DIM });
        const pattern = await memory.at(SERIES, T0 + 50 * HOUR, Infinity);
        return [
          folder.candles.read(syntheticCandles({ seed: 1, rows: 1 }), { asOf: Infinity }),
          await memory.query(ask()),
          pattern,
        ];
      } catch (error) {
        if (error instanceof RhymeError) return "refused";
        throw error;
      } finally {
        folder.close();
      }
    };
    const before = await look();
    const rng = createRng(7);
    const seen = new Map<string, number>();
    for (let round = 0; round < 400; round++) {
      const bytes = Buffer.from(whole);
      const place = round < 30 ? rng.int(2000) : rng.int(bytes.length);
      bytes[place]! ^= 1 << rng.int(8);
      writeFileSync(path, bytes);
      const found = await look().catch((error: unknown) =>
        error instanceof RhymeError ? "refused" : Promise.reject(error as Error),
      );
      if (typeof found !== "string") expect(found, `byte ${place}`).toEqual(before);
      const kind = typeof found === "string" ? found : "same";
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
    }
    expect(seen.get("named")).toBeGreaterThan(20);
  });
});
