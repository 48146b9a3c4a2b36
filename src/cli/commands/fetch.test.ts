import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { syntheticCandles } from "../../lib/testing/candles.ts";
import {
  klinesOf,
  loopbackExchange,
  wireKlines,
  type LoopbackExchange,
} from "../../lib/testing/loopback-exchange.ts";
import { memoryContent } from "../../lib/testing/memory-content.ts";
import { needs } from "../../lib/testing/require.ts";
import { temporaryFolder, type TemporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { HOUR } from "../../lib/time/units.ts";
import { rhyme, startRhyme, type Ended } from "../faults/run-rhyme.ts";

const data = needs("data");
const START = Date.UTC(2024, 0, 1);
const BARS = 1_500;
const rows = klinesOf(syntheticCandles({ seed: 11, rows: BARS, start: START, gapShare: 0.01 }));

let server: LoopbackExchange;
let home: TemporaryFolder;
beforeEach(async () => {
  server = await loopbackExchange({ candles: { "BTCUSDT 5m": rows, "ETHUSDT 5m": rows.slice(0, 10) } });
  home = temporaryFolder();
});
afterEach(async () => {
  await server.close();
  home.remove();
});

const words = (...args: readonly string[]): string[] => [
  ...["fetch", "binance", ...args, ...(args.includes("--timeframe") ? [] : ["--timeframe", "5m"])],
  ...["--memory", `${home.path}/m`, "--base-url", server.url],
];
const fetched = (args: readonly string[]): Promise<Ended> => rhyme(words(...args));

interface Document {
  readonly schema: string;
  readonly series: readonly {
    readonly candles: Readonly<Record<string, number>>;
    readonly stored: { readonly rows: number; readonly missing: number; readonly holes: number };
  }[];
}

describe("fetch", () => {
  it("stores the candles of an exchange, says which are missing, and adds nothing the second time", async () => {
    const first = await fetched(["BTC/USDT", "--from", "2024-01-01"]);
    expect(first).toMatchObject({ code: 0 });
    expect(first.stdout).toMatch(
      /^BTC\/USDT 5m of binance: 1,500 new candles, 0 unchanged in 3 pages, up to 2024-01-0/,
    );
    expect(first.stderr).toMatch(/bars missing in \d+ holes, the longest 2024-01-0/);
    expect(first.stderr).toMatch(/rhyme remember --memory/);
    const before = memoryContent(`${home.path}/m`);
    for (const args of [
      ["BTC/USDT"],
      ["BTCUSDT", "--from", "2024-01-01"],
      ["BTC/USDT", "--from", "2024-01-01", "--again"],
    ]) {
      const again = await fetched(args);
      expect([args, again.code, again.stderr]).toEqual([
        args,
        0,
        expect.not.stringContaining("not embedded"),
      ]);
      expect(again.stdout).toContain(" 0 new candles");
    }
    expect(memoryContent(`${home.path}/m`)).toEqual(before);
  });

  it("prints one document with --json, for one market or several", async () => {
    const { stdout, code } = await fetched([
      "BTC/USDT",
      "ETH/USDT",
      "--from",
      "2024-01-01",
      "--to",
      "2024-01-01",
      "--json",
    ]);
    const { schema, series } = JSON.parse(stdout) as Document;
    expect([code, schema]).toEqual([0, "rhyme.fetch/1"]);
    const day = rows.filter(([time]) => time < START + 24 * HOUR).length;
    expect(series).toMatchObject([
      { source: "binance", symbol: "BTC/USDT", timeframe: "5m", candles: { added: day, corrected: 0 } },
      { symbol: "ETH/USDT", candles: { added: 10 }, asked: [{ from: "2024-01-01T00:00:00Z" }] },
    ]);
    const { rows: kept, missing } = series[0]!.stored;
    expect(kept + missing).toBe(288);
  });

  it("calls the series what it is told to, so that it goes on from files", async () => {
    await fetched(["BTC/USDT", "--from", "2024-01-01", "--as", "BTCUSDT", "--source", "file"]);
    const { stdout } = await rhyme(["memory", "--memory", `${home.path}/m`, "--json"]);
    expect(JSON.stringify(JSON.parse(stdout))).toContain('"symbol":"BTCUSDT"');
  });

  it("goes on after Ctrl-C with the same command", async () => {
    server.fail({ kind: "stall" }, 1);
    const running = startRhyme(words("BTC/USDT", "--from", "2024-01-01"));
    while (server.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    running.process.kill("SIGINT");
    expect(await running.ended).toMatchObject({
      code: 130,
      stderr: expect.stringContaining("run the same command again"),
    });
    const after = await fetched(["BTC/USDT", "--from", "2024-01-01"]);
    expect(after.stdout).toContain("1,500 new candles");
  });

  it("killed at any page goes on with the same command, and ends with the same bytes", async () => {
    const many = klinesOf(syntheticCandles({ seed: 2, rows: 25_000, start: START }));
    server.set("BTCUSDT 5m", many);
    const at = (name: string): string[] => [
      ...["fetch", "binance", "BTC/USDT", "--timeframe", "5m", "--from", "2024-01-01"],
      ...["--memory", `${home.path}/${name}`, "--base-url", server.url, "--json"],
    ];
    expect((await rhyme(at("whole"))).code).toBe(0);
    for (const pages of [1, 22]) {
      const killAt = server.asked.length + pages;
      const running = startRhyme(at("killed"));
      while (server.asked.length < killAt) await new Promise((resolve) => setTimeout(resolve, 5));
      running.process.kill("SIGKILL");
      expect((await running.ended).signal).toBe("SIGKILL");
    }
    const { stdout } = await rhyme(at("killed"));
    const { candles } = (JSON.parse(stdout) as Document).series[0]!;
    expect([candles["added"]! < 25_000, candles["corrected"], candles["late"]]).toEqual([true, 0, 0]);
    expect(memoryContent(`${home.path}/killed`)).toEqual(memoryContent(`${home.path}/whole`));
  });

  it("says when it is kept waiting, and gives up in words", async () => {
    server.fail({ kind: "status", status: 429, headers: { "retry-after": "1" } }, 1);
    const waited = await fetched(["BTC/USDT", "--from", "2024-01-01"]);
    expect(waited).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("wants to be left alone for 1 s; asking again in 1 s"),
    });
    server.fail({ kind: "status", status: 451, body: '{"code":0,"msg":"restricted location"}' }, Infinity);
    const refused = await fetched(["BTC/USDT"]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(
      /error: exchange binance\n.*expected {2}candles\n.*451.*restricted location.*\n.*--base-url/,
    );
  });

  it("names the rows that are no candles, and stores the others", async () => {
    const half = (all: readonly unknown[]): readonly unknown[] =>
      all.map((row, i) => (i === 4 ? ["soon", "1", "1", "1", "1", "1"] : row));
    server.fail({ kind: "rows", rows: half }, 1);
    const { stdout, stderr, code } = await fetched(["BTC/USDT", "--from", "2024-01-01"]);
    expect([code, stdout]).toEqual([0, expect.stringContaining("1,499 new candles")]);
    expect(stderr).toContain(
      'left out: binance BTC-USDT 5m from 2024-01-01T00:00:00Z, row 5: unparsable-line, ["soon","1","1","1","1","1"]',
    );
  });

  it.each<[string, readonly string[], RegExp]>([
    ["no beginning", ["BTC/USDT"], /--from/],
    ["a beginning that is yet to come", ["BTC/USDT", "--from", "2031-01-01"], /--from/],
    ["an unknown market", ["BTC/EUR", "--from", "2024-01-01"], /such as BTC\/USDT/],
    ["an unknown timeframe", ["BTC/USDT", "--from", "2024-01-01", "--timeframe", "10m"], /1m, 3m, 5m/],
    ["one name for two", ["BTC/USDT", "ETH/USDT", "--from", "2024-01-01", "--as", "X"], /one symbol/],
    ["a deadline of nothing", ["BTC/USDT", "--from", "2024-01-01", "--deadline", "0"], /--deadline/],
  ])("refuses %s before anything is written", async (_, args, says) => {
    const { code, stderr } = await fetched(args);
    expect(stderr).toMatch(says);
    expect(code).toBe(2);
    expect((await rhyme(["memory", "--memory", `${home.path}/m`])).stderr).toMatch(/no such folder/);
  });

  it.skipIf(data.skip)("takes recorded hours of Binance through to an answer", async () => {
    const recorded = wireKlines("binance-spot-klines-BTCUSDT-1h.json");
    server.set("BTCUSDT 1h", recorded);
    const hours = ["BTC/USDT", "--timeframe", "1h", "--from", "2020-04-30T21:00Z"];
    expect(await fetched(hours)).toMatchObject({ code: 0 });
    const memory = ["--memory", `${home.path}/m`];
    const small = ["--timeframes", "1h,4h", "--horizons", "4h", "--fit-until", "2020-05-25"];
    expect(await rhyme(["remember", ...memory, ...small, "--quiet"])).toMatchObject({ code: 0 });
    const asked = await rhyme(["ask", ...memory, "--symbol", "BTC/USDT", "--horizon", "4h", "--json"]);
    expect(asked.code).toBe(0);
    expect(JSON.parse(asked.stdout)).toMatchObject({ question: { source: "binance", symbol: "BTC/USDT" } });
  });
});
