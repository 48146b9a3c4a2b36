import { afterEach, describe, expect, it } from "vitest";
import { closes, exchangePages, kinds, opens } from "../../testing/exchange-pages.ts";
import { loopbackExchange, wireDocument, wireKlines, type LoopbackExchange } from "../../testing/loopback-exchange.ts"; // prettier-ignore
import { needs } from "../../testing/require.ts";
import { HOUR, MINUTE } from "../../time/units.ts";

const data = needs("data");

let server: LoopbackExchange | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

describe("recorded answers", () => {
  it.skipIf(data.skip)("of Binance come out digit for digit, over several pages", async () => {
    const rows = wireKlines("binance-spot-klines-BTCUSDT-1h.json");
    server = await loopbackExchange({ candles: { "BTCUSDT 1h": rows } });
    const now = rows.at(-1)![0] + HOUR;
    const asked = { symbol: "BTC/USDT", timeframe: "1h" };
    const found = await exchangePages({ ...asked, url: server.url, from: rows[0]![0], now, pageRows: 300 });
    expect(opens(found)).toEqual(rows.map(([time]) => time));
    expect(closes(found)).toEqual(rows.map((row) => Number(row[4])));
    expect(found.flatMap(({ series }) => [...series.volume])).toEqual(rows.map((row) => Number(row[5])));
    expect(kinds(found)).toEqual([]);
  });

  it.skipIf(data.skip)("of Binance's futures come out whole, of the market of that kind", async () => {
    const name = "binance-usdm-klines-LTCUSDT-5m.json";
    const contract = { symbol: "LTCUSDT", pair: "LTCUSDT", contractType: "PERPETUAL", status: "TRADING" };
    const assets = { baseAsset: "LTC", quoteAsset: "USDT", marginAsset: "USDT", filters: [], orderTypes: [] };
    const documents = {
      "/fapi/v1/exchangeInfo": JSON.stringify({ symbols: [{ ...contract, ...assets }] }),
      "/fapi/v1/klines": wireDocument(name),
    };
    server = await loopbackExchange({ candles: {}, documents });
    const rows = wireKlines(name);
    const asked = { symbol: "LTC/USDT:USDT", timeframe: "5m" };
    const found = await exchangePages({
      ...asked,
      url: server.url,
      from: rows[0]![0],
      now: rows.at(-1)![0] + 5 * MINUTE,
    });
    expect(opens(found)).toEqual(rows.map(([time]) => time));
  });

  it.skipIf(data.skip)("of Bitstamp, whatever was asked for, begin where it has candles", async () => {
    const recorded = wireDocument("bitstamp-ohlc-btcusd-60s.json");
    const { data: body } = JSON.parse(recorded) as { data: { ohlc: { timestamp: string; close: string }[] } };
    const pair = { market_symbol: "btcusd", base_currency: "BTC", counter_currency: "USD" };
    const documents = {
      "/api/v2/markets/": JSON.stringify([{ ...pair, market_type: "SPOT", trading: "Enabled" }]),
      "/api/v2/ohlc/btcusd/": recorded,
    };
    server = await loopbackExchange({ candles: {}, documents });
    const times = body.ohlc.map(({ timestamp }) => Number(timestamp) * 1000);
    const asked = { symbol: "BTC/USD", timeframe: "1m", exchange: "bitstamp" };
    const found = await exchangePages({
      ...asked,
      url: server.url,
      from: times[0]! - 100 * MINUTE,
      now: times.at(-1)! + MINUTE,
    });
    expect(opens(found)).toEqual(times);
    expect(closes(found)).toEqual(body.ohlc.map(({ close }) => Number(close)));
  });

  it.skipIf(data.skip)("of Kraken end with the minute that was forming when they were recorded", async () => {
    const recorded = wireDocument("kraken-ohlc-XBTUSDT-1m.json");
    const { result } = JSON.parse(recorded) as { result: { XBTUSDT: [number][]; last: number } };
    const market = { altname: "XBTUSDT", wsname: "XBT/USDT", base: "XXBT", quote: "USDT", pair_decimals: 1 };
    const sizes = { lot_decimals: 8, ordermin: "0.0001", costmin: "0.5", tick_size: "0.1", status: "online" };
    const pair = {
      ...market,
      ...sizes,
      fees: [[0, 0.4]],
      fees_maker: [[0, 0.25]],
      leverage_buy: [],
      leverage_sell: [],
    };
    const documents = {
      "/0/public/AssetPairs": JSON.stringify({ error: [], result: { XBTUSDT: pair } }),
      "/0/public/Assets": JSON.stringify({ error: [], result: {} }),
      "/0/public/OHLC": recorded,
    };
    server = await loopbackExchange({ candles: {}, documents });
    const times = result.XBTUSDT.map(([time]) => time * 1000);
    // The last row is the minute behind `last`; half of it is over.
    const now = times.at(-1)! + MINUTE / 2;
    const asked = { symbol: "BTC/USDT", timeframe: "1m", exchange: "kraken" };
    const found = await exchangePages({ ...asked, url: server.url, from: times[0]!, now });
    expect(opens(found)).toEqual(times.slice(0, -1));
    expect(result.last * 1000).toBe(times.at(-2));
    expect(kinds(found)).toContain("forming-bar");
  });
});
