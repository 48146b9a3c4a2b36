import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DuckDBInstance } from "@duckdb/node-api";
import pl from "nodejs-polars";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { takeFacts } from "../../candles/candle-facts.ts";
import { featureTables } from "../../features/feature-table.ts";
import { featureSetByName } from "../../features/feature-sets.ts";
import { byTimeframe } from "../../candles/resample.ts";
import { viewAt } from "../../remember/views.ts";
import {
  CANDLES,
  CORRECTED_AT,
  DAILY,
  furnishMemory,
  LATE_AT,
  LATER,
} from "../../testing/furnished-memory.ts";
import { refusal } from "../../testing/refusal.ts";
import { DIM, HOUR, SERIES, someContexts, somePatterns, T0 } from "../../testing/some-patterns.ts";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import type { ExportTable } from "../files/export-columns.ts";
import { featureTableOf } from "../files/export-features.ts";
import { writeExport } from "../files/export-file.ts";
import { readParquetGroups } from "../files/read-parquet-groups.ts";
import { openMemoryFolder, type MemoryFolder } from "./open-memory.ts";

const at = temporaryFolder();
const ALL = { from: -Infinity, to: Infinity, asOf: Infinity };
let folder: MemoryFolder;
beforeAll(async () => {
  folder = await furnishMemory(join(at.path, "m"));
});
afterAll(() => {
  folder.close();
  at.remove();
});

const file = (name: string): string => join(at.path, name);
const holdings = (tenant = "default") =>
  folder.holdings(tenant).map((held) => ({ ...held, encoderKnownAt: T0 + 10 * HOUR }));
const candles = (options: object = {}, from = folder): ExportTable =>
  from.tables.candles(from.candles.list(), { ...ALL, allFacts: false, ...options });
/** Rows of a table as objects. */
const rowsOf = ({ shape, rows }: ExportTable): Record<string, unknown>[] => {
  const names = Object.keys(shape);
  return [...rows].map((row) => Object.fromEntries(row.map((cell, c) => [names[c]!, cell])));
};

async function sql(query: string): Promise<Record<string, unknown>[]> {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const rows = (await connection.runAndReadAll(query)).getRowObjectsJson();
  connection.closeSync();
  return rows;
}

describe("exported candles", () => {
  it("are what is known now, with the instant from which each may be used", () => {
    const rows = rowsOf(candles()).filter((row) => row["symbol"] === "BTCUSDT");
    const now = folder.candles.read(SERIES, { asOf: Infinity });
    expect(rows.map((row) => row["high"])).toEqual([...now.high]);
    expect(rows.map((row) => row["known_at"])).toEqual([...now.knownAt]);
    expect(rows.filter((row) => row["late"]).map((row) => row["known_at"])).toEqual([
      ...[LATE_AT, CORRECTED_AT, CORRECTED_AT + HOUR],
    ]);
    expect(rows[0]).toMatchObject({ source: "test", timeframe: "5m", calendar: "24x7", trades: null });
  });

  it("are as of an instant what the memory knew then, and with all facts every correction", () => {
    for (const asOf of [LATE_AT - 1, LATE_AT, CORRECTED_AT, CORRECTED_AT + HOUR]) {
      const rows = rowsOf(candles({ asOf })).filter((row) => row["symbol"] === "BTCUSDT");
      const then = folder.candles.read(SERIES, { asOf });
      expect(rows.map((row) => [row["timestamp"], row["high"]])).toEqual(
        Array.from(then.openTime, (t, i) => [t, then.high[i]]),
      );
    }
    const facts = rowsOf(candles({ allFacts: true })).filter((row) => row["symbol"] === "BTCUSDT");
    expect(facts).toHaveLength(CANDLES.openTime.length + 3);
    const twice = facts.filter((row) => row["timestamp"] === CANDLES.openTime[120]);
    expect(twice.map((row) => row["late"])).toEqual([false, true, true]);
  });

  it("are typed Parquet that DuckDB reads, with nulls where there is nothing", async () => {
    const path = file("candles.parquet");
    const written = await writeExport(path, candles());
    expect(written.rows).toBe(440);
    const types = await sql(`DESCRIBE SELECT * FROM '${path}'`);
    const of = Object.fromEntries(types.map((row) => [row["column_name"], row["column_type"]]));
    expect(of).toMatchObject({
      ...{ symbol: "VARCHAR", timestamp: "TIMESTAMP WITH TIME ZONE", known_at: "TIMESTAMP WITH TIME ZONE" },
      ...{ open: "DOUBLE", trades: "DOUBLE", partial: "BOOLEAN", late: "BOOLEAN" },
    });
    const query = `SELECT symbol, count(*)::INT n, sum(close) s, count(trades)::INT t, count(spread)::INT p,
      epoch_ms(max(known_at))::DOUBLE k FROM '${path}' GROUP BY symbol ORDER BY symbol`;
    const [btc, spy] = await sql(query);
    expect(btc).toMatchObject({ n: 400, t: 0, p: 0, k: CANDLES.knownAt.at(-1) });
    expect(btc!["s"]).toBeCloseTo(
      folder.candles.read(SERIES, { asOf: Infinity }).close.reduce((a, b) => a + b),
      6,
    );
    expect(spy).toMatchObject({ n: 40, t: 40, p: 32, k: DAILY.knownAt.at(-1) });
    const csv = file("candles.csv");
    await writeExport(csv, candles());
    const [line] = await sql(`SELECT count(*)::INT n, min("timestamp")::VARCHAR t FROM '${csv}'`);
    expect(line!["n"]).toBe(440);
  });

  it("come back from the file as the facts they were, bit for bit, and a second time change nothing", async () => {
    const path = file("facts.parquet");
    await writeExport(path, candles({ allFacts: true }));
    const copy = openMemoryFolder(join(at.path, "copy"), { mode: "write" });
    const bring = async (): Promise<unknown[]> => {
      const groups = await readParquetGroups([path], { now: LATER });
      return groups.map((group) => (group.kind === "facts" ? copy.importFacts(group.facts, LATER) : group));
    };
    const none = { added: 0, unchanged: 0, corrected: 0, late: 0, superseded: 0 };
    expect(await bring()).toEqual([
      { ...none, added: 403 },
      { ...none, added: 40 },
    ]);
    expect(await bring()).toEqual([
      { ...none, unchanged: 403 },
      { ...none, unchanged: 40 },
    ]);
    expect(rowsOf(candles({ allFacts: true }, copy))).toEqual(rowsOf(candles({ allFacts: true })));
    expect([...copy.candles.corrections(SERIES)]).toEqual([...folder.candles.corrections(SERIES)]);
    expect(copy.candles.read(SERIES, { asOf: CORRECTED_AT })).toEqual(
      folder.candles.read(SERIES, { asOf: CORRECTED_AT }),
    );
    expect(copy.verify().problems).toEqual([]);
    copy.close();
  });

  it("never change what a memory knew in its past: news about old bars count from now on", async () => {
    const path = file("then.parquet");
    await writeExport(path, candles({ allFacts: true }));
    const older = openMemoryFolder(join(at.path, "older"), { mode: "write" });
    older.candles.write({ ...CANDLES, volume: CANDLES.volume.map((v, i) => (i === 7 ? v + 1 : v)) }, T0);
    const before = older.candles.read(SERIES, { asOf: Infinity });
    const [group] = await readParquetGroups([path], { now: LATER });
    if (group?.kind !== "facts") throw new Error("no facts");
    const report = older.importFacts(group.facts, LATER);
    // rows 7, 100 and 120 differ; of 100 the original and of 120 the first correction are no news or out of date
    expect(report).toEqual({ added: 0, unchanged: 399, corrected: 3, late: 0, superseded: 1 });
    expect(older.candles.read(SERIES, { asOf: LATER - 1 })).toEqual(before);
    expect(older.candles.read(SERIES, { asOf: Infinity }).high).toEqual(
      folder.candles.read(SERIES, { asOf: Infinity }).high,
    );
    expect(older.candles.read(SERIES, { asOf: Infinity }).volume).toEqual(CANDLES.volume);
    expect(older.verify().problems).toEqual([]);
    older.close();
  });

  it("come back in any order of their parts until the past is told, and count from now on when it was", async () => {
    const path = file("parts.parquet");
    await writeExport(path, candles({ allFacts: true }));
    const [group] = await readParquetGroups([path], { now: LATER });
    if (group?.kind !== "facts") throw new Error("no facts");
    const { facts } = group;
    const rows = Int32Array.from(facts.openTime.keys());
    const [older, newer] = [takeFacts(facts, rows.subarray(0, 200)), takeFacts(facts, rows.subarray(200))];
    const untold = openMemoryFolder(join(at.path, "untold"), { mode: "write" });
    expect(untold.importFacts(newer, LATER)).toMatchObject({ added: rows.length - 200 });
    expect(untold.importFacts(older, LATER)).toMatchObject({ added: 200, late: 0 });
    expect(untold.candles.readFacts(facts, { asOf: LATER })).toEqual(
      folder.candles.readFacts(facts, { asOf: LATER }),
    );
    expect(untold.candles.corrections(facts)).toEqual(folder.candles.corrections(facts));
    const told = openMemoryFolder(join(at.path, "told"), { mode: "write" });
    told.importFacts(newer, LATER);
    await told.memory("default", { version: "v1", dim: DIM }).put(somePatterns(3));
    expect(told.importFacts(older, LATER + 1)).toMatchObject({
      added: 0,
      late: new Set(older.openTime).size,
    });
    expect([...told.candles.corrections(facts)]).toContain(LATER + 1);
    for (const one of [untold, told]) one.close();
  });

  it("are refused where they contradict themselves, naming series and row", async () => {
    const path = file("whole.parquet");
    await writeExport(path, candles({ allFacts: true }));
    const frame = pl.readParquet(path);
    const broken = async (name: string, change: pl.Expr): Promise<string> => {
      const bad = file(`${name}.parquet`);
      frame.withColumn(change).writeParquet(bad);
      return (await refusal(readParquetGroups([bad], { now: LATER }))).message;
    };
    const shifted = pl.col("close_time").cast(pl.Int64).add(1).cast(pl.Datetime("ms", "UTC"));
    expect(await broken("close", shifted.alias("close_time"))).toMatch(
      /BTCUSDT 5m, close_time of .* by calendar/,
    );
    expect(await broken("late", pl.lit(false).alias("late"))).toMatch(/corrections marked late/);
    expect(await broken("price", pl.col("high").mul(0.5).alias("high"))).toMatch(/low ≤ open/);
    expect(await broken("known", pl.col("timestamp").alias("known_at"))).toMatch(
      /a time not before the close/,
    );
    expect(await broken("naive", pl.col("known_at").cast(pl.Int64).alias("known_at"))).toMatch(/time zone/);
    const groups = await readParquetGroups([path], { now: LATER });
    const facts = groups.flatMap((group) => (group.kind === "facts" ? [group.facts] : []));
    expect(() => folder.importFacts(facts[0]!, T0)).toThrow(/known by now/);
  });

  it("of other tools are read as candle files are, a series per symbol", async () => {
    const path = file("long.parquet");
    const stamp = (series: typeof CANDLES) => pl.Series("Open time", [...series.openTime]);
    const frameOf = (series: typeof CANDLES, symbol: string) =>
      pl.DataFrame([
        stamp(series),
        ...(["open", "high", "low", "close", "volume"] as const).map((name) => pl.Series(name, series[name])),
        pl.Series("ticker", series.openTime.length === 0 ? [] : Array.from(series.openTime, () => symbol)),
      ]);
    pl.concat([frameOf(CANDLES, "A"), frameOf(CANDLES, "B")]).writeParquet(path);
    const groups = await readParquetGroups([path], { now: LATER, source: "vendor" });
    expect(groups.map((group) => (group.kind === "candles" ? group.read.series.symbol : group.kind))).toEqual(
      [...["A", "B"]],
    );
    const [first] = groups;
    expect(first?.kind === "candles" && first.read.series.close).toEqual(CANDLES.close);
  });
});

describe("exported embeddings and contexts", () => {
  const batch = somePatterns(30);

  it("are the stored vectors, known when their encoder was", async () => {
    const path = file("embeddings.parquet");
    await writeExport(path, folder.tables.embeddings(holdings(), ALL));
    const query = `SELECT epoch_ms(anchor)::DOUBLE a, epoch_ms(known_at)::DOUBLE k, hindsight h, embedding e, id
      FROM '${path}' ORDER BY anchor`;
    const rows = await sql(query);
    expect(rows).toHaveLength(30);
    expect(rows.map((row) => row["a"])).toEqual([...batch.anchors]);
    expect(rows.flatMap((row) => row["e"])).toEqual([...batch.vectors]);
    expect(rows.filter((row) => row["h"]).map((row) => row["k"])).toEqual(new Array(10).fill(T0 + 10 * HOUR));
    const memory = folder.memory("default", { version: "v1", dim: 4 });
    expect(rows[3]!["id"]).toBe((await memory.at(SERIES, batch.anchors[3]!, Infinity))!.id);
    const then = rowsOf(folder.tables.embeddings(holdings(), { ...ALL, asOf: T0 + 12 * HOUR }));
    expect(then).toHaveLength(13);
    expect(rowsOf(folder.tables.embeddings(holdings(), { ...ALL, asOf: T0 + 9 * HOUR }))).toEqual([]);
  });

  it("are one row per anchor and horizon, pending ones with null labels", async () => {
    const path = file("contexts.parquet");
    await writeExport(path, folder.tables.contexts(holdings(), ALL));
    const { values, matureAt } = someContexts(batch).columns;
    const rows = rowsOf(folder.tables.contexts(holdings(), ALL));
    expect(rows).toHaveLength(30);
    expect(rows[1]).toMatchObject({
      ...{ horizon: "4h", anchor: batch.anchors[1], known_at: matureAt[1], mature_at: matureAt[1] },
      ...{ crosses_close: true, base_log_atr_ratio: batch.base["4h"]![1], return: values.return[1] },
      ...{ max_loss: values.maxLoss[1], barrier: null, direction: Math.sign(values.direction[1]!) },
    });
    expect(rows[28]).toMatchObject({ known_at: batch.anchors[28], mature_at: null, return: null });
    expect(rows[28]!["base_log_atr_ratio"]).toBe(batch.base["4h"]![28]);
    expect(rows[3]!["base_log_atr_ratio"]).toBeNull();
    const query = `SELECT count(*)::INT n, count(mature_at)::INT m, count(rvi)::INT r, sum(log_atr_ratio) s,
      sum(direction)::INT d FROM '${path}'`;
    const [read] = await sql(query);
    expect(read).toMatchObject({ n: 30, m: 26, r: 25 });
    expect(read!["s"]).toBeCloseTo(
      values.logAtrRatio.subarray(0, 26).reduce((a, b) => a + b),
      9,
    );
    expect(read!["d"]).toBe(values.direction.subarray(0, 26).reduce((a, b) => a + Math.sign(b), 0));
  });

  it("say as of an instant only what had matured by then", () => {
    const asOf = T0 + 12 * HOUR;
    const rows = rowsOf(folder.tables.contexts(holdings(), { ...ALL, asOf }));
    expect(rows).toHaveLength(13);
    expect(rows.every((row) => (row["known_at"] as number) <= asOf)).toBe(true);
    expect(rows.filter((row) => row["mature_at"] !== null)).toHaveLength(9);
    expect(rows.filter((row) => row["mature_at"] === null).every((row) => row["return"] === null)).toBe(true);
  });
});

describe("exported features", () => {
  const wanted = { series: [SERIES], set: featureSetByName("close12"), timeframes: ["5m", "30m", "1h"] };
  const features = (options: object = {}) =>
    rowsOf(featureTableOf(folder.candles, { ...wanted, ...ALL, ...options }));

  it("are those of the view in which each bar closed, one row per bar and timeframe", () => {
    const rows = features();
    expect(
      [...new Set(rows.map((row) => row["timeframe"] as string))].sort((a, b) => (a < b ? -1 : 1)),
    ).toEqual(["1h", "30m", "5m"]);
    const base = rows.filter((row) => row["timeframe"] === "5m");
    expect(base).toHaveLength(CANDLES.openTime.length - 1); // the late bar has no row of its own
    for (const at of [LATE_AT - 1, CORRECTED_AT - 1, LATER]) {
      const { series, from } = viewAt(folder.candles, SERIES, at);
      const table = featureTables(wanted.set, byTimeframe(series, wanted.timeframes))["30m"]!;
      const own = rows.filter((row) => row["timeframe"] === "30m" && (row["known_at"] as number) >= from);
      const row = own.find((one) => (one["known_at"] as number) <= at)!;
      const i = table.openTime.indexOf(row["timestamp"] as number);
      const values = table.names.map((name) => row[name] ?? NaN);
      expect(values).toEqual([
        ...table.values.subarray(i * table.names.length, (i + 1) * table.names.length),
      ]);
    }
  });

  it("of a row never change when more becomes known", () => {
    const whole = features();
    for (const asOf of [
      T0 + 3 * HOUR,
      LATE_AT - 1,
      LATE_AT,
      LATE_AT + HOUR,
      CORRECTED_AT,
      CORRECTED_AT + 2 * HOUR,
    ])
      expect(features({ asOf })).toEqual(whole.filter((row) => (row["known_at"] as number) <= asOf));
  });
});

describe("exported answers", () => {
  it("join what followed, null while it is not known", () => {
    const [told, silent] = rowsOf(folder.tables.answers({ tenant: "default" }, ALL));
    const batch = somePatterns(30);
    const { values, matureAt } = someContexts(batch).columns;
    const q05 = folder.answers.list("default").at(-1)!.answer.distribution!.return.quantiles["0.05"];
    expect(told).toMatchObject({
      ...{ anchor: batch.anchors[10], as_of: batch.anchors[10], known_at: T0 + 40 * HOUR },
      ...{ abstained: false, horizon: "4h" },
      ...{ return_q05: q05, outcome_known_at: matureAt[10], outcome_return: values.return[10] },
      ...{ outcome_log_atr_ratio: values.logAtrRatio[10], outcome_barrier: null, forecast_value: 0.29 },
    });
    expect(silent).toMatchObject({
      ...{ abstained: true, reason: "too far", return_q50: null, direction_p_up: null },
      ...{ outcome_known_at: null, outcome_return: null },
    });
    expect(rowsOf(folder.tables.answers({ tenant: "other" }, ALL))).toEqual([]);
    expect(
      rowsOf(folder.tables.answers({ tenant: "default" }, { ...ALL, asOf: T0 + 40 * HOUR })),
    ).toHaveLength(1);
  });

  it("are flat but for the neighbours' ids", async () => {
    const path = file("answers.parquet");
    await writeExport(path, folder.tables.answers({ tenant: "default" }, ALL));
    const [row] = await sql(
      `SELECT len(neighbours)::INT n, return_q95 > return_q05 w FROM '${path}' ORDER BY id LIMIT 1`,
    );
    expect(row).toEqual({ n: folder.answers.list("default").at(-1)!.answer.neighbours.length, w: true });
    const message = (
      await refusal(writeExport(file("a.csv"), folder.tables.answers({ tenant: "default" }, ALL)))
    ).message;
    expect(message).toMatch(/a CSV file for neighbours/);
  });
});

describe("an export", () => {
  it("replaces nothing unasked, and leaves nothing behind when it fails or is stopped", async () => {
    const path = file("kept.parquet");
    writeFileSync(path, "mine");
    expect((await refusal(writeExport(path, candles()))).message).toMatch(/--force/);
    expect((await refusal(writeExport(file("none/x.parquet"), candles()))).message).toMatch(/no folder/);
    expect((await refusal(writeExport(file("x.txt"), candles()))).message).toMatch(
      /ends in .parquet or .csv/,
    );
    expect((await refusal(writeExport(file("e.parquet"), candles({ from: LATER })))).message).toMatch(
      /one row/,
    );
    const stopped = writeExport(file("s.parquet"), candles(), { signal: AbortSignal.abort() });
    await expect(stopped).rejects.toThrow(/abort/);
    mkdirSync(file("kept.parquet.part-999999999")); // of a process that was killed
    await writeExport(path, candles(), { force: true });
    expect(pl.readParquet(path).height).toBe(440);
    expect(readdirSync(at.path).filter((name) => name.includes(".part"))).toEqual([]);
    expect(existsSync(file("s.parquet"))).toBe(false);
  });

  it("never hands out a row that was changed, or misses one that was lost", async () => {
    const other = temporaryFolder();
    (await furnishMemory(join(other.path, "m"))).close();
    const store = join(other.path, "m", "rhyme.sqlite");
    const whole = readFileSync(store);
    const refused = (name: "candles" | "embeddings" | "contexts", change: string): void => {
      writeFileSync(store, whole);
      const db = new DatabaseSync(store);
      expect(Number(db.prepare(change).run().changes), change).toBeGreaterThan(0);
      db.close();
      const damaged = openMemoryFolder(join(other.path, "m"), { mode: "read" });
      const key = { ...SERIES, calendar: "24x7", rows: 0, first: 0, last: 0 };
      const read = (): unknown =>
        name === "candles"
          ? rowsOf(damaged.tables.candles([key], { ...ALL, allFacts: true }))
          : rowsOf(damaged.tables[name](holdings(), ALL));
      expect(read, change).toThrow(/damaged/);
      damaged.close();
    };
    refused(
      "candles",
      "UPDATE candles SET close = close + 1 WHERE open_time = (SELECT max(open_time) FROM candles WHERE series = 1)",
    );
    refused(
      "candles",
      "DELETE FROM candles WHERE open_time = (SELECT min(open_time) FROM candles WHERE series = 1)",
    );
    refused(
      "embeddings",
      "UPDATE patterns SET vector = zeroblob(16) WHERE anchor = (SELECT max(anchor) FROM patterns)",
    );
    refused("embeddings", "DELETE FROM patterns WHERE anchor = (SELECT min(anchor) FROM patterns)");
    refused("contexts", "UPDATE contexts SET rvi = 1e9");
    refused("contexts", "DELETE FROM contexts WHERE anchor = (SELECT min(anchor) FROM contexts)");
    other.remove();
  });
});
