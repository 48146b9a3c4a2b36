import { afterEach, describe, expect, it } from "vitest";
import type { CandleSeries } from "../../candles/candle-series.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { closes, exchangePages, kinds, opens } from "../../testing/exchange-pages.ts";
import {
  klinesOf,
  loopbackExchange,
  type Kline,
  type LoopbackExchange,
  type LoopbackExchangeOptions,
} from "../../testing/loopback-exchange.ts";
import { HOUR, MINUTE, type EpochMs } from "../../time/units.ts";
import { connectExchange } from "./exchange-connection.ts";
import { exchangeSource, type ExchangePage, type ExchangeSourceOptions } from "./exchange-source.ts";

const START = Date.UTC(2024, 0, 1);
const BAR = 5 * MINUTE;
const candles = syntheticCandles({ seed: 7, rows: 40, start: START });
const END = START + 40 * BAR;

let server: LoopbackExchange | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

async function serving(series: CandleSeries, more: Partial<LoopbackExchangeOptions> = {}): Promise<void> {
  server = await loopbackExchange({ candles: { "BTCUSDT 5m": klinesOf(series) }, ...more });
}

/** All pages of BTC/USDT 5m. */
function pages(
  options: Partial<ExchangeSourceOptions> & { readonly from?: EpochMs; readonly to?: EpochMs } = {},
  asked = { symbol: "BTC/USDT", timeframe: "5m" },
): Promise<ExchangePage[]> {
  return exchangePages({ url: server!.url, from: START, now: END, ...asked, ...options });
}

describe("an exchange as a source of candles", () => {
  it("gives the same candles whatever the size of a page", async () => {
    await serving(candles);
    for (const pageRows of [2, 7, 39, 40, 41, 1000]) {
      const found = await pages({ pageRows });
      expect([pageRows, opens(found)]).toEqual([pageRows, [...candles.openTime]]);
      expect(closes(found)).toEqual([...candles.close]);
    }
  });

  it("leaves the forming bar out by its close and the clock, wherever it stands", async () => {
    await serving(candles);
    const midst = START + 10 * BAR + 1;
    const found = await pages({ now: midst });
    expect(opens(found)).toEqual([...candles.openTime.slice(0, 10)]);
    expect(opens(await pages({ now: START + 11 * BAR - 1 }))).toHaveLength(10);
    // To the millisecond: at its close a bar is closed.
    expect(opens(await pages({ now: START + 11 * BAR }))).toHaveLength(11);
  });

  it("keeps a last row that is closed, since its place says nothing", async () => {
    await serving(candles);
    expect(opens(await pages({ now: END + 3 * BAR }))).toEqual([...candles.openTime]);
  });

  it("believes the clock of the exchange where it is behind ours", async () => {
    await serving(candles, { clock: () => START + 10 * BAR + 2000 });
    const found = await pages({ now: END });
    expect(opens(found)).toEqual([...candles.openTime.slice(0, 10)]);
    expect(found).toHaveLength(1);
  });

  it("counts a bar as known its lag after the close, and not before", async () => {
    await serving(candles);
    const found = await pages({ now: START + 10 * BAR + 500, lagMs: 1000 });
    expect(opens(found)).toHaveLength(9);
    expect(found[0]!.series.knownAt[0]).toBe(START + BAR + 1000);
  });

  it("goes on after short pages until the clock says that nothing is left", async () => {
    await serving(candles, { mostRows: 3 });
    const found = await pages();
    expect(opens(found)).toEqual([...candles.openTime]);
    expect(found).toHaveLength(14);
  });

  it("ends on a last bar that is sent again and again", async () => {
    await serving(candles);
    const last = klinesOf(candles).at(-1)!;
    server!.fail(
      { kind: "rows", rows: (rows) => (rows.length === 0 ? [last] : [...rows, rows.at(-1)!]) },
      Infinity,
    );
    const found = await pages({ pageRows: 15, now: END + 5 * BAR });
    expect(opens(found)).toEqual([...candles.openTime]);
    expect(kinds(found)).toEqual(["duplicate-equal", "duplicate-equal", "duplicate-equal"]);
  });

  it("asks a second time before it believes that nothing is there", async () => {
    await serving(candles);
    server!.fail({ kind: "rows", rows: () => [] });
    expect(opens(await pages({ pageRows: 20 }))).toEqual([...candles.openTime]);
  });

  it("goes over a hole that is longer than a page, and ends behind the last bar of a market that is gone", async () => {
    const rows = klinesOf(candles).filter((_, i) => i < 5 || i >= 30);
    server = await loopbackExchange({ candles: { "BTCUSDT 5m": rows } });
    const found = await pages({ pageRows: 4, now: END + 1000 * BAR });
    expect(opens(found)).toEqual(rows.map(([time]) => time));
    expect(server.asked.length).toBeLessThan(20);
  });

  it("keeps to the span that is asked for", async () => {
    await serving(candles);
    const found = await pages({ from: START + 3 * BAR, to: START + 9 * BAR, pageRows: 4 });
    expect(opens(found)).toEqual([...candles.openTime.slice(3, 9)]);
    expect(server!.asked.every((query) => /limit=[2-4]&/.test(query))).toBe(true);
  });

  it("knows weeks and months, which the calendar ends", async () => {
    const [days, spans] = [24 * HOUR, { "1w": Date.UTC(2024, 0, 1), "1M": Date.UTC(2023, 11, 1) }];
    const row = (time: number): Kline => [time, "1", "2", "1", "2", "3"];
    const weeks = Array.from({ length: 5 }, (_, i) => row(spans["1w"] + 7 * i * days));
    const months = Array.from({ length: 3 }, (_, i) => row(Date.UTC(2023, 11 + i, 1)));
    server = await loopbackExchange({ candles: { "BTCUSDT 1w": weeks, "BTCUSDT 1M": months } });
    const now = Date.UTC(2024, 1, 1); // January is closed, the week that 29 January began is not
    const of = (timeframe: string) =>
      pages({ from: spans["1M"], now, pageRows: 2 }, { symbol: "BTC/USDT", timeframe });
    expect(opens(await of("1w"))).toEqual(weeks.slice(0, 4).map(([time]) => time));
    expect(opens(await of("1mo"))).toEqual(months.slice(0, 2).map(([time]) => time));
  });

  it("names rows that are no candle by what stands in them, and keeps the others", async () => {
    await serving(candles);
    const broken: Readonly<Record<number, unknown>> = {
      3: null,
      5: ["soon", "1", "1", "1", "1", "1"],
      7: [START + 7 * BAR, "1", "n/a", "1", "1", "1"],
      9: [START + 9 * BAR, "1", "-1", "1", "1", "1"],
    };
    server!.fail({ kind: "rows", rows: (rows) => rows.map((row, i) => (i in broken ? broken[i] : row)) });
    const [page] = await pages();
    expect(page!.series.openTime).toHaveLength(36);
    const named = page!.findings.filter(({ done }) => done === "dropped");
    expect(named.map(({ kind, line, value }) => [kind, line, value])).toEqual([
      ["unparsable-line", 4, "null"],
      ["unparsable-line", 6, '["soon","1","1","1","1","1"]'],
      ["unparsable-line", 8, `[${START + 7 * BAR},"1","n/a","1","1","1"]`],
      ["bad-price", 10, expect.stringContaining("-1")],
    ]);
    expect(page!.findings[0]!.file).toBe("binance BTC-USDT 5m from 2024-01-01T00:00:00Z");
  });

  it("does not follow a row from the future past what is there", async () => {
    await serving(candles);
    const future: Kline = [Date.UTC(2031, 0, 1), "1", "1", "1", "1", "1"];
    server!.fail({ kind: "rows", rows: (rows) => [...rows.slice(0, 10), future] });
    const found = await pages({ pageRows: 20 });
    expect(opens(found)).toEqual([...candles.openTime]);
    expect(kinds(found)).toEqual(["future-stamp"]);
  });

  it("says which series there are, and that it needs a beginning", async () => {
    await serving(candles);
    const connection = await connectExchange("binance", { baseUrl: server!.url });
    const source = exchangeSource(connection, { now: END });
    const all = await source.list();
    expect(all).toContainEqual({ symbol: "BTC/USDT", timeframe: "5m", source: "binance" });
    expect(all.every(({ symbol }) => symbol === "BTC/USDT")).toBe(true);
    await expect(source.read({ symbol: "BTC/USDT", timeframe: "5m" })).rejects.toThrow(/--from/);
  });

  it("sends no key and nothing that names this machine", async () => {
    await serving(candles);
    await pages();
    const names = new Set(server!.headers.flatMap((one) => Object.keys(one)));
    for (const name of ["authorization", "x-mbx-apikey", "cookie"]) expect(names.has(name)).toBe(false);
  });
});
