import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { digestOf, fixtureCandles, writeCandles } from "../../../workflows/testing/backfill-fixture.ts";
import {
  klinesOf,
  loopbackExchange,
  wireKlines,
  type LoopbackExchange,
} from "../../lib/testing/loopback-exchange.ts";
import { needs } from "../../lib/testing/require.ts";
import { temporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { rhyme, type Ended } from "../faults/run-rhyme.ts";
import { keepIngest } from "../workflows/backfill-job.ts";
import type { OriginOptions } from "../workflows/job-series.ts";

const data = needs("data");
const SINCE = "2023-07-03";
const MARKET = { from: "binance", symbols: ["BTC/USDT"], timeframe: "5m" };
const home = temporaryFolder();
const at = (name: string): string => path.join(home.path, name);

let server: LoopbackExchange;
beforeAll(async () => {
  const rows = klinesOf(fixtureCandles("S", 1_500));
  server = await loopbackExchange({ candles: { "BTCUSDT 5m": rows, "ETHUSDT 5m": rows.slice(0, 300) } });
});
afterAll(async () => {
  await server.close();
  home.remove();
});

const exchange = (): readonly string[] => ["--from", "binance", "--base-url", server.url];
const start = (kind: string, memory: string, ...more: readonly string[]): Promise<Ended> =>
  rhyme(["start", kind, "--local", "--memory", at(memory), ...more]);
const fetched = (memory: string, ...more: readonly string[]): Promise<Ended> =>
  rhyme(["fetch", "binance", ...more, "--memory", at(memory), "--base-url", server.url]);
const of = (ended: Ended): unknown => {
  expect(ended.code, ended.stderr).toBe(0);
  return ended.stdout.startsWith("{") ? JSON.parse(ended.stdout) : ended.stdout;
};

describe("candles of an exchange, by a job", () => {
  it("end in the bytes of fetch, market by market, and go on after the newest stored bar", async () => {
    const markets = ["--symbols", "BTCUSDT,ETH/USDT", "--timeframe", "5m"];
    const first = await start("ingest", "job", ...exchange(), ...markets, "--since", SINCE, "--json");
    expect(of(first)).toMatchObject({ schema: "rhyme.ingest/1", series: 2, added: 1_800, failed: 0 });
    of(await fetched("fetched", "BTC/USDT", "ETH/USDT", "--timeframe", "5m", "--from", SINCE));
    expect(digestOf(at("job"))).toEqual(digestOf(at("fetched")));
    const again = of(await start("ingest", "job", ...exchange(), ...markets)); // nothing has closed since
    expect(again).toContain("2 of 2 series: 0 new candles, 0 corrected");
  });

  it("are remembered to the bytes of fetch and remember", async () => {
    const how = ["--timeframes", "5m,30m,1h,4h", "--horizons", "1h"];
    of(await fetched("apart", "BTC/USDT", "--timeframe", "5m", "--from", SINCE));
    of(await rhyme(["remember", "--memory", at("apart"), ...how]));
    const market = ["--symbols", "BTC/USDT", "--since", SINCE];
    const result = of(await start("backfill", "whole", ...exchange(), ...market, ...how, "--json"));
    expect(result).toMatchObject({ schema: "rhyme.backfill/1", candles: 1_500, failed: 0 });
    expect((result as { patterns: number }).patterns).toBeGreaterThan(0);
    expect(digestOf(at("whole"))).toEqual(digestOf(at("apart")));
  });

  it.skipIf(data.skip)("recorded from Binance end in the bytes of fetch", async () => {
    server.set("BTCUSDT 1h", wireKlines("binance-spot-klines-BTCUSDT-1h.json"));
    const since = "2020-04-30T21:00Z";
    const market = ["--symbols", "BTC/USDT", "--timeframe", "1h", "--since", since];
    of(await start("ingest", "wire", ...exchange(), ...market));
    of(await fetched("wire-fetched", "BTC/USDT", "--timeframe", "1h", "--from", since));
    expect(digestOf(at("wire"))).toEqual(digestOf(at("wire-fetched")));
  });

  it.each<[string, Partial<OriginOptions>, RegExp]>([
    ["nothing to take", {}, /files, a folder of them, or an exchange/],
    ["an exchange that nobody knows", { ...MARKET, from: "binanze" }, /a name that ccxt knows/],
    ["a folder that is not there", { from: "./none" }, /a folder with .csv.* or the name of an exchange/],
    ["no market", { from: "binance", timeframe: "5m" }, /--symbols/],
    ["no timeframe", { from: "binance", symbols: ["BTC/USDT"] }, /--timeframe/],
    ["a market without history", MARKET, /--since: expected where the history of BTC/],
    ["a market that is none", { ...MARKET, symbols: ["BTC/EUR"], since: SINCE }, /such as BTC\/USDT/],
    ["a history that is yet to come", { ...MARKET, since: "2031-01-01" }, /--since/],
  ])("are refused, before anything is written, with %s", async (_, options, says) => {
    const memory = at("refused");
    await expect(keepIngest([], { memory, baseUrl: server.url, ...options }, Date.now())).rejects.toThrow(
      says,
    );
    expect(existsSync(memory)).toBe(false);
  });

  it("are refused beside files", async () => {
    const both = keepIngest(["a.csv"], { memory: at("refused"), ...MARKET }, Date.now());
    await expect(both).rejects.toThrow(/files, or an exchange/);
  });
});

describe("candles of files, by a job", () => {
  it("are stored and nothing else, whatever cannot be read among them is given up", async () => {
    const folder = temporaryFolder();
    writeCandles(folder.path, fixtureCandles("S", 500));
    writeFileSync(path.join(folder.path, "T-5m.csv"), "no candles\n");
    const ended = await start("ingest", "files", "--from", folder.path);
    folder.remove();
    expect(ended.code, ended.stderr).toBe(1);
    expect(ended.stdout).toContain("1 of 2 series: 500 new candles");
    expect(ended.stderr).toContain("T was given up");
  });
});
