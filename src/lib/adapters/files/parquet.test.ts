import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import pl from "nodejs-polars";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeSeries } from "../../candles/make-series.ts";
import { resample } from "../../candles/resample.ts";
import { knownBy } from "../../candles/slice.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { DAY } from "../../time/units.ts";
import { candlesFromFrame, readCandles } from "./read-candles.ts";
import { candlesToFrame, writeParquet } from "./write-candles.ts";

const NOW = Date.UTC(2026, 0, 1);
const FIRST = Date.UTC(2024, 0, 2) / 1000;

let folder: string;
let duckdb: DuckDBConnection;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rhyme-parquet-"));
  duckdb = await (await DuckDBInstance.create(":memory:")).connect();
  await duckdb.run("SET TimeZone = 'UTC'");
});
afterAll(async () => {
  duckdb.closeSync();
  await rm(folder, { recursive: true });
});

/** Four days written by DuckDB, with a time and prices of the given types. */
async function written(time: string, price = "DOUBLE"): Promise<string> {
  const path = join(folder, "A-1d.parquet");
  const columns = ["open", "high", "low", "close"].map(
    (name, k) => `CAST(${[1.05, 1.07, 1.03, 1.06][k]} + 0.0001 * i AS ${price}) AS ${name}`,
  );
  const select = `SELECT ${time} AS timestamp, ${columns.join(", ")}, 5 AS volume FROM range(4) r(i)`;
  await duckdb.run(`COPY (${select}) TO '${path}' (FORMAT parquet)`);
  return path;
}

const SECONDS = `(${FIRST} + i * 86400)`;
const INSTANT = `to_timestamp(${SECONDS})`;
const NAIVE = `(${INSTANT} AT TIME ZONE 'UTC')`;

describe("Parquet of others", () => {
  it.each([
    ["TIMESTAMPTZ", INSTANT],
    ["TIMESTAMP", NAIVE],
    ["TIMESTAMP_S", `CAST(${NAIVE} AS TIMESTAMP_S)`],
    ["TIMESTAMP_MS", `CAST(${NAIVE} AS TIMESTAMP_MS)`],
    ["TIMESTAMP_NS", `CAST(${NAIVE} AS TIMESTAMP_NS)`],
    ["DATE", `CAST(${NAIVE} AS DATE)`],
    ["INTEGER in s", `CAST(${SECONDS} AS INTEGER)`],
    ["DOUBLE in s", `CAST(${SECONDS} AS DOUBLE)`],
    ["BIGINT in ms", `CAST(${SECONDS} * 1000 AS BIGINT)`],
    ["UBIGINT in ms", `CAST(${SECONDS} * 1000 AS UBIGINT)`],
    ["BIGINT in µs", `CAST(${SECONDS} * 1000000 AS BIGINT)`],
    ["BIGINT in ns", `CAST(${SECONDS} * 1000000000 AS BIGINT)`],
    ["VARCHAR", `strftime(${NAIVE}, '%Y-%m-%d %H:%M:%S')`],
  ])("may hold times as %s", async (_, time) => {
    const { series, findings } = await readCandles([await written(time)], { now: NOW });
    expect([...series.openTime]).toEqual([0, 1, 2, 3].map((i) => FIRST * 1000 + i * DAY));
    expect([series.timeframe, findings]).toEqual(["1d", []]);
  });

  it.each(["DOUBLE", "DECIMAL(18, 4)", "DECIMAL(38, 10)", "DECIMAL(9, 4)", "VARCHAR"])(
    "may hold prices as %s",
    async (type) => {
      const { series } = await readCandles([await written(INSTANT, type)], { now: NOW });
      for (const [i, close] of series.close.entries()) expect(close).toBeCloseTo(1.06 + 0.0001 * i, 12);
    },
  );

  it("with prices in Float32 says that they are", async () => {
    const { series, assumptions } = await readCandles([await written(INSTANT, "FLOAT")], { now: NOW });
    expect(series.close[0]).toBe(Math.fround(1.06));
    expect(assumptions.join()).toMatch(/prices are Float32/);
  });

  it("naive times are those of --zone, and of --wall even where they say UTC", async () => {
    const zone = "Europe/Athens";
    const first = async (time: string, wall: boolean): Promise<string> => {
      const hours = await written(time.replace("86400", "7200"));
      const { series } = await readCandles([hours], { now: NOW, zone, wall });
      return new Date(series.openTime[0]!).toISOString().slice(0, 16);
    };
    expect(await first(NAIVE, false)).toBe("2024-01-01T22:00");
    expect(await first(INSTANT, false)).toBe("2024-01-02T00:00");
    expect(await first(INSTANT, true)).toBe("2024-01-01T22:00");
  });
});

describe("Parquet of ours", () => {
  const plain = syntheticCandles({ seed: 3, rows: 60, gapShare: 0.2, symbol: "A", source: "file" });

  it("comes back with when each row was known, what was partial, and the spread", async () => {
    const late = plain.knownAt.map((t, i) => (i === 7 ? t + 5 * DAY : t));
    const spread = plain.close.map((_, i) => 0.01 * (i % 5));
    const series = makeSeries({ ...plain, knownAt: late, spread, trades: plain.volume.map((v) => v % 7) });
    for (const one of [series, resample(series, "30m")]) {
      const path = join(folder, `A-${one.timeframe}.parquet`);
      await writeParquet(path, one);
      const { series: back, assumptions } = await readCandles([path], { now: NOW, timeframe: one.timeframe });
      expect(back).toEqual(one);
      expect(assumptions).toContain("rows were known when column known_at says");
    }
    expect(resample(series, "30m").partial.includes(1)).toBe(true);
  });

  it("holds back a row that is not known yet", () => {
    const late = plain.knownAt.map((t, i) => (i === 59 ? NOW + DAY : t));
    const { series, findings } = candlesFromFrame(candlesToFrame(makeSeries({ ...plain, knownAt: late })), {
      now: NOW,
      symbol: "A",
    });
    expect(series).toEqual(knownBy(plain, plain.knownAt[58]!));
    expect(findings.at(-1)).toMatchObject({ kind: "forming-bar", line: 60 });
  });

  it("refuses a row that was known before its own time", () => {
    const frame = candlesToFrame(plain);
    const early = Float64Array.from(plain.knownAt, (t, i) => (i === 4 ? plain.openTime[4]! - 1 : t));
    const known = pl.Series("known_at", early).cast(pl.Int64).cast(pl.Datetime("ms", "UTC"));
    const read = candlesFromFrame(frame.drop("known_at").withColumn(known), { now: NOW, timeframe: "5m" });
    expect(read.findings[0]).toMatchObject({ kind: "known-before-stamp", line: 5, done: "dropped" });
    expect([read.series.openTime.length, read.rowsRead]).toEqual([59, 60]);
  });
});
