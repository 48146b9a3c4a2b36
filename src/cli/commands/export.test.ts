import { existsSync } from "node:fs";
import { join } from "node:path";
import pl from "nodejs-polars";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { furnishMemory } from "../../lib/testing/furnished-memory.ts";
import { runRhyme, type Ran } from "../../lib/testing/run-rhyme.ts";
import { temporaryFolder } from "../../lib/testing/temporary-folder.ts";

// The commands export, import and memory as a user types them.

const at = temporaryFolder();
beforeAll(async () => (await furnishMemory(join(at.path, "m"))).close());
afterAll(() => at.remove());

const rhyme = (...args: string[]): Ran => runRhyme(at.path, ...args);
const exported = (...args: string[]): Ran => rhyme("export", "--memory", "m", ...args);

describe("export", () => {
  it("says what it wrote, for people and for programs", () => {
    const people = exported("--what", "candles", "--out", "c.parquet");
    expect(people).toMatchObject({ code: 0, stderr: "" });
    expect(people.stdout).toMatch(/^c\.parquet: candles, 440 rows, 17 columns, \d+ kB\n$/);
    const program = exported("--what", "contexts", "--out", "x.parquet", "--json");
    expect(JSON.parse(program.stdout)).toMatchObject({
      ...{ schema: "rhyme.export/1", what: "contexts", rows: 30, out: "x.parquet" },
      columns: expect.arrayContaining(["known_at", "mature_at", "return"]) as string[],
    });
  });

  it("takes one symbol, and dates whole and in UTC", () => {
    const span = ["--from", "2024-01-01", "--to", "2024-01-01", "--symbol", "BTCUSDT"];
    expect(exported("--what", "candles", "--out", "day.parquet", ...span).code).toBe(0);
    const days = pl.readParquet(join(at.path, "day.parquet"));
    const open = days.getColumn("timestamp").cast(pl.Int64).toArray() as unknown as number[];
    expect([Number(open[0]), Number(open.at(-1))]).toEqual([
      ...[Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 2) - 300_000],
    ]);
    expect(new Set(days.getColumn("symbol").toArray())).toEqual(new Set(["BTCUSDT"]));
  });

  it.each([
    [
      "an unknown symbol",
      ["--what", "candles", "--symbol", "X"],
      /--symbol X[^]*--symbol BTCUSDT --source test/,
    ],
    ["another tenant", ["--what", "contexts", "--tenant", "who"], /--tenant who[^]*default, other/],
    ["nothing to write", ["--what", "answers", "--tenant", "other"], /--what answers[^]*at least one row/],
    [
      "series without an encoder",
      ["--what", "embeddings", "--symbol", "SPY"],
      /--symbol SPY[^]*--encoder v1/,
    ],
  ])("refuses %s by name", (_what, args, message) => {
    const ran = exported("--out", "refused.parquet", ...args);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toMatch(message);
    expect(existsSync(join(at.path, "refused.parquet"))).toBe(false);
  });

  it("needs a memory that is there", () => {
    const ran = rhyme("export", "--memory", "none", "--what", "candles", "--out", "n.parquet");
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/memory none[^]*no such folder/);
    expect(existsSync(join(at.path, "none"))).toBe(false);
  });
});

describe("import", () => {
  it("brings an export into a new memory, and says that nothing is embedded yet", () => {
    expect(exported("--what", "candles", "--all-facts", "--out", "facts.parquet").code).toBe(0);
    const first = rhyme("import", "facts.parquet", "--memory", "copy");
    expect(first.code).toBe(0);
    expect(first.stdout).toBe(
      "BTCUSDT 5m of test: 403 new candles, 0 unchanged\nSPY 1d of vendor: 40 new candles, 0 unchanged\n",
    );
    expect(first.stderr).toMatch(
      /keeps its known_at[^]*not embedded yet: \.\/rhyme remember --memory copy goes on/,
    );
    const again = JSON.parse(rhyme("import", "facts.parquet", "--memory", "copy", "--json").stdout);
    expect(again).toMatchObject({
      schema: "rhyme.import/1",
      series: [
        { symbol: "BTCUSDT", calendar: "24x7", added: 0, unchanged: 403 },
        { symbol: "SPY", calendar: "us-equities", added: 0, unchanged: 40 },
      ],
    });
    const same = ["--what", "candles", "--all-facts", "--out", "again.parquet"];
    expect(rhyme("export", "--memory", "copy", ...same).code).toBe(0);
    const [was, now] = ["facts", "again"].map((name) => pl.readParquet(join(at.path, `${name}.parquet`)));
    expect(now!.frameEqual(was!)).toBe(true);
  });

  it("counts late bars and corrections of a foreign file, as of now", () => {
    const whole = pl.readParquet(join(at.path, "facts.parquet")).filter(pl.col("symbol").eq(pl.lit("SPY")));
    const plain = whole.select("timestamp", "open", "high", "low", "close", "volume");
    const without = plain.filter(pl.col("volume").neq(pl.lit(plain.getColumn("volume").get(7))));
    without.writeParquet(join(at.path, "SPY-1d.parquet"));
    const revised = plain.withColumn(pl.col("high").mul(1.01).alias("high"));
    plain.slice(0, 39).vstack(revised.slice(39, 1)).writeParquet(join(at.path, "SPY-1d-new.parquet"));
    const options = ["--calendar", "us-equities", "--memory", "other"];
    expect(rhyme("import", "SPY-1d.parquet", ...options).stdout).toMatch(/39 new candles, 0 unchanged/);
    const { stdout } = rhyme("import", "SPY-1d-new.parquet", ...options);
    expect(stdout).toMatch(/0 new candles, 38 unchanged, 1 corrections, .* 1 late bars, known from now on/);
  });

  it("refuses what is no Parquet of candles, and begins no memory for it", () => {
    expect(exported("--what", "embeddings", "--out", "e.parquet").code).toBe(0);
    expect(rhyme("import", "e.parquet", "--memory", "fresh").stderr).toMatch(/an export of embeddings/);
    expect(exported("--what", "candles", "--out", "c.csv").code).toBe(0);
    expect(rhyme("import", "c.csv", "--memory", "fresh").stderr).toMatch(/rhyme remember reads CSV/);
    expect(rhyme("import", "nowhere.parquet", "--memory", "fresh").stderr).toMatch(/no such file/);
    expect(existsSync(join(at.path, "fresh"))).toBe(false);
  });
});
