import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CandleSeries } from "../../candles/candle-series.ts";
import { countedPace } from "../../testing/counted-pace.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import {
  klinesOf,
  loopbackExchange,
  type Kline,
  type LoopbackExchange,
} from "../../testing/loopback-exchange.ts";
import { temporaryFolder, type TemporaryFolder } from "../../testing/temporary-folder.ts";
import { MINUTE, type EpochMs } from "../../time/units.ts";
import { connectExchange } from "../exchange/exchange-connection.ts";
import { exchangeSource } from "../exchange/exchange-source.ts";
import { openMemoryFolder, type MemoryFolder } from "../sqlite/open-memory.ts";
import { fetchCandles, type Fetched, type FetchOptions } from "./fetch-candles.ts";

const START = Date.UTC(2024, 0, 1);
const BAR = 5 * MINUTE;
const at = (bars: number): EpochMs => START + bars * BAR;
const candles = syntheticCandles({ seed: 3, rows: 60, start: START });
const rows = klinesOf(candles);
const key = { source: "binance", symbol: "BTC/USDT", timeframe: "5m" };

let server: LoopbackExchange;
let home: TemporaryFolder;
beforeEach(async () => {
  server = await loopbackExchange({ candles: { "BTCUSDT 5m": rows } });
  home = temporaryFolder();
});
afterEach(async () => {
  await server.close();
  home.remove();
});

async function fetched(
  options: Partial<FetchOptions> & { readonly pageRows?: number } = {},
): Promise<Fetched> {
  const { now = at(60), pageRows = 10, ...rest } = options;
  const connection = await connectExchange("binance", { baseUrl: server.url, pace: countedPace() });
  const source = exchangeSource(connection, { now, pageRows });
  const signal = new AbortController().signal;
  const common = { memory: home.path, key, market: "BTC/USDT", source, now, signal };
  const span = { from: null, to: Infinity, again: false };
  return fetchCandles({ ...common, ...span, given: {}, write: async (work) => inFolder(work), ...rest });
}

function inFolder<T>(work: (folder: MemoryFolder) => T): T {
  const folder = openMemoryFolder(home.path, { mode: "write" });
  try {
    return work(folder);
  } finally {
    folder.close();
  }
}

const stored = (asOf = Infinity): CandleSeries => inFolder((folder) => folder.candles.read(key, { asOf }));
const counts = ({ candles: { added, unchanged, corrected, late } }: Fetched): number[] => [
  added,
  unchanged,
  corrected,
  late,
];

describe("candles fetched into a memory", () => {
  it("are those of the exchange, known at their close, and in its log with the hash of every answer", async () => {
    expect(counts(await fetched({ from: START }))).toEqual([60, 0, 0, 0]);
    const { openTime, close, knownAt, closeTime } = stored();
    expect([[...openTime], [...close], [...knownAt]]).toEqual(
      [candles.openTime, candles.close, closeTime].map((column) => [...column]),
    );
    const [entry, ...others] = inFolder((folder) => folder.ingests.list());
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      ...key,
      at: at(60),
      command: "fetch",
      tenant: null,
      candles: { added: 60 },
    });
    expect(entry!.files.map(({ path }) => path)[0]).toBe("binance BTC-USDT 5m from 2024-01-01T00:00:00Z");
    expect(new Set(entry!.files.map(({ sha256 }) => sha256)).size).toBe(6);
  });

  it("go on after the newest stored bar, and add nothing where nothing has closed", async () => {
    await fetched({ from: START, now: at(25) });
    const before = server.asked.length;
    expect(counts(await fetched())).toEqual([35, 1, 0, 0]);
    expect(server.asked[before]).toContain(`startTime=${at(24)}`);
    expect(counts(await fetched())).toEqual([0, 1, 0, 0]);
    // A question that brought no news is no ingest.
    expect(inFolder((folder) => folder.ingests.list())).toHaveLength(2);
  });

  it("need a beginning the first time, and nothing is begun without it", async () => {
    await expect(fetched()).rejects.toThrow(/--from/);
    await expect(fetched({ market: "BTC/EUR", from: START })).rejects.toThrow(/BTC\/USDT/);
    expect(() => openMemoryFolder(home.path, { mode: "read" })).toThrow(/memory/);
  });

  it("are stored up to where the exchange failed, and the same call goes on there", async () => {
    let page = 0;
    const failing = (all: readonly Kline[]): readonly Kline[] => {
      if (++page > 3) server.fail({ kind: "status", status: 503 }, Infinity);
      return all;
    };
    server.fail({ kind: "rows", rows: failing }, Infinity);
    await expect(fetched({ from: START })).rejects.toMatchObject({ kind: "source", retryable: true });
    expect(stored().openTime).toHaveLength(40);
    server.fail({ kind: "silence" }, 0);
    expect(counts(await fetched({ from: START }))).toEqual([20, 1, 0, 0]);
    expect([...stored().openTime]).toEqual([...candles.openTime]);
  });

  it("are stored up to where they were stopped", async () => {
    const stop = new AbortController();
    const stopping = fetched({
      from: START,
      signal: stop.signal,
      onProgress: ({ done }) => void (done === 30 && stop.abort(new Error("enough"))),
    });
    await expect(stopping).rejects.toThrow("enough");
    expect(stored().openTime).toHaveLength(30);
  });

  it("lie before stored ones where --from does: they arrive whole or not at all, and count from now on", async () => {
    await fetched({ from: at(40), now: at(50) });
    let page = 0;
    const failing = (all: readonly Kline[]): readonly Kline[] => {
      if (++page > 1) server.fail({ kind: "status", status: 403 }, Infinity);
      return all;
    };
    server.fail({ kind: "rows", rows: failing }, Infinity);
    await expect(fetched({ from: at(5) })).rejects.toMatchObject({ kind: "input", retryable: false });
    expect(stored().openTime).toHaveLength(10);
    server.fail({ kind: "silence" }, 0);
    expect(counts(await fetched({ from: at(5) }))).toEqual([10, 1, 0, 35]);
    expect(stored().openTime).toHaveLength(55);
    expect(stored(at(59)).openTime[0]).toBe(at(40));
  });
});

describe("an exchange that changes its mind", () => {
  const changed = (bar: number): Kline[] =>
    rows.map((row, i) => (i === bar ? [row[0], row[1], "999", row[3], "500", ...row.slice(5)] : row));

  it("about the newest stored bar is noticed by going on: a correction, known from then on", async () => {
    await fetched({ from: START, now: at(25) });
    server.set("BTCUSDT 5m", changed(24));
    expect(counts(await fetched())).toEqual([35, 0, 1, 0]);
    expect(stored().close[24]).toBe(500);
    expect(stored(at(59)).close[24]).toBe(candles.close[24]);
  });

  it("about an old bar is noticed where bars are asked for again, and the past is left as it was told", async () => {
    await fetched({ from: START });
    server.set("BTCUSDT 5m", changed(7));
    expect(counts(await fetched({ from: START }))).toEqual([0, 1, 0, 0]);
    const now = at(60) + 1;
    expect(counts(await fetched({ from: at(5), to: at(10), again: true, now }))).toEqual([0, 4, 1, 0]);
    expect([stored().close[7], stored(at(60)).close[7]]).toEqual([500, candles.close[7]]);
    expect(inFolder((folder) => [...folder.candles.corrections(key)])).toEqual([now]);
    // Said once, it is no news the second time.
    expect(counts(await fetched({ from: at(5), to: at(10), again: true, now: now + 1 }))).toEqual([
      0, 5, 0, 0,
    ]);
  });

  it("about which bars there are fills holes late", async () => {
    server.set(
      "BTCUSDT 5m",
      rows.filter((_, i) => i < 20 || i > 22),
    );
    expect(counts(await fetched({ from: START }))).toEqual([57, 0, 0, 0]);
    server.set("BTCUSDT 5m", rows);
    expect(counts(await fetched({ from: START, again: true, now: at(60) + 1 }))).toEqual([0, 57, 0, 3]);
    expect(stored(at(60)).openTime).toHaveLength(57);
  });
});
