import { readFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { CandleSeries } from "../candles/candle-series.ts";
import type { EpochMs } from "../time/units.ts";

/** A kline of Binance: open time, four prices, volume, close time, and five more that nobody here reads. */
export type Kline = readonly [time: number, ...rest: readonly unknown[]];

/** What goes wrong with one answer. */
export type Fault =
  | {
      readonly kind: "status";
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    }
  /** Takes the question and never answers. */
  | { readonly kind: "silence" }
  /** Begins a document and never ends it. */
  | { readonly kind: "stall" }
  /** Ends the connection in the middle of a document. */
  | { readonly kind: "cut" }
  /** Answers with other rows than it has, or with none. */
  | { readonly kind: "rows"; readonly rows: (rows: readonly Kline[]) => readonly unknown[] };

export interface LoopbackExchange {
  readonly url: string;
  /** Path and query of every request for candles, in order. */
  readonly asked: readonly string[];
  /** Of every request, whatever it asked for. */
  readonly headers: readonly Readonly<Record<string, unknown>>[];
  /** The next `times` answers fail like this; Infinity for ever, 0 for never again. */
  fail(fault: Fault, times?: number): void;
  /** What it has from now on under `BTCUSDT 5m`. */
  set(series: string, rows: readonly Kline[]): void;
  close(): Promise<void>;
}

export interface LoopbackExchangeOptions {
  /** Rows by symbol and interval: `BTCUSDT 5m`. */
  readonly candles: Readonly<Record<string, readonly Kline[]>>;
  /** What it says the time is in its header `Date`; rows that open later are not there yet. Default: none. */
  readonly clock?: () => EpochMs;
  /** Most rows of an answer, whatever is asked for; default 1000. */
  readonly mostRows?: number;
  /** Answers of other exchanges by path: whole documents, whatever is asked. */
  readonly documents?: Readonly<Record<string, string>>;
}

/** A server on this machine that speaks Binance's public interface for spot markets, and fails on demand. */
export async function loopbackExchange(options: LoopbackExchangeOptions): Promise<LoopbackExchange> {
  const { clock, mostRows = 1000, documents = {} } = options;
  const candles = new Map(Object.entries(options.candles));
  const [asked, headers]: [string[], Readonly<Record<string, unknown>>[]] = [[], []];
  let [fault, times]: [Fault | null, number] = [null, 0];
  const server = createServer((request, response) => {
    headers.push(request.headers);
    const url = new URL(request.url!, "http://localhost");
    const fixed = documents[url.pathname];
    response.sendDate = false;
    if (clock) response.setHeader("date", new Date(clock()).toUTCString());
    if (fixed !== undefined) return send(response, 200, fixed);
    if (url.pathname === "/api/v3/exchangeInfo") return send(response, 200, marketsOf([...candles.keys()]));
    if (url.pathname !== "/api/v3/klines") return send(response, 404, '{"code":-1,"msg":"not here"}');
    asked.push(url.search);
    const found = klines(candles, url.searchParams, clock?.() ?? Infinity, mostRows);
    const failing = times > 0 ? fault : null;
    times = Math.max(0, times - 1);
    if (found === null) return send(response, 400, '{"code":-1121,"msg":"Invalid symbol."}');
    answer(response, found, failing);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ asked, headers },
    fail: (next, count = 1) => void ([fault, times] = [next, count]),
    set: (series, rows) => void candles.set(series, rows),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function klines(
  candles: ReadonlyMap<string, readonly Kline[]>,
  query: URLSearchParams,
  now: EpochMs,
  mostRows: number,
): readonly Kline[] | null {
  const rows = candles.get(`${query.get("symbol")} ${query.get("interval")}`);
  if (!rows) return null;
  const number = (name: string, other: number): number => Number(query.get(name) ?? other);
  const [from, to] = [number("startTime", -Infinity), number("endTime", Infinity)];
  const there = rows.filter(([time]) => time >= from && time <= to && time <= now);
  return there.slice(0, Math.min(number("limit", 500), mostRows));
}

function answer(response: ServerResponse, rows: readonly Kline[], fault: Fault | null): void {
  if (fault?.kind === "silence") return;
  if (fault?.kind === "status") {
    for (const [name, value] of Object.entries(fault.headers ?? {})) response.setHeader(name, value);
    return send(response, fault.status, fault.body ?? "");
  }
  const body = JSON.stringify(fault?.kind === "rows" ? fault.rows(rows) : rows);
  if (fault?.kind !== "stall" && fault?.kind !== "cut") return send(response, 200, body);
  response.writeHead(200, { "content-type": "application/json" });
  response.write(body.slice(0, body.length / 2), () => {
    if (fault.kind === "cut") response.destroy();
  });
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(body);
}

/** Binance's list of markets, as far as ccxt reads it. Symbols end in USDT. */
function marketsOf(series: readonly string[]): string {
  const symbols = [...new Set(series.map((one) => one.split(" ")[0]!))];
  const filters = [
    { filterType: "PRICE_FILTER", minPrice: "0.01", maxPrice: "1000000.00", tickSize: "0.01" },
    { filterType: "LOT_SIZE", minQty: "0.00001", maxQty: "9000.0", stepSize: "0.00001" },
  ];
  return JSON.stringify({
    timezone: "UTC",
    symbols: symbols.map((symbol) => ({
      ...{ symbol, status: "TRADING", baseAsset: symbol.replace(/USDT$/, ""), quoteAsset: "USDT" },
      ...{ baseAssetPrecision: 8, quoteAssetPrecision: 8, quotePrecision: 8, isSpotTradingAllowed: true },
      ...{ orderTypes: ["LIMIT"], permissions: ["SPOT"], filters },
    })),
  });
}

/** A recorded answer, by its name in the folder of real data. */
export function wireDocument(name: string): string {
  return readFileSync(join(process.env["RHYME_DATA"]!, "wire", name), "utf8");
}

/** Recorded klines of Binance. */
export function wireKlines(name: string): readonly Kline[] {
  return JSON.parse(wireDocument(name)) as readonly Kline[];
}

/** Candles as Binance would send them. */
export function klinesOf({ openTime, closeTime, open, high, low, close, volume }: CandleSeries): Kline[] {
  return Array.from(openTime, (time, i) => {
    const prices = [open, high, low, close, volume].map((column) => String(column[i]!));
    return [time, ...prices, closeTime[i]! - 1, "0", 1, "0", "0", "0"];
  });
}
