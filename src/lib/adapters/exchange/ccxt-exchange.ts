import { RhymeError } from "../../errors.ts";

// The part of ccxt that is used here. Its own declarations are three megabytes long.

export interface CcxtMarket {
  readonly symbol: string;
  readonly active?: boolean;
}

export interface CcxtExchange {
  readonly id: string;
  /** Time between two requests of the plainest kind, ms. */
  readonly rateLimit: number;
  has: Readonly<Record<string, boolean | string | undefined>>;
  readonly timeframes: Readonly<Record<string, unknown>> | undefined;
  readonly features?: { readonly spot?: { readonly fetchOHLCV?: { readonly limit?: number } } };
  readonly markets: Readonly<Record<string, CcxtMarket>> | undefined;
  readonly markets_by_id: Readonly<Record<string, readonly CcxtMarket[]>> | undefined;
  options: Record<string, unknown>;
  loadMarkets(reload?: boolean): Promise<unknown>;
  fetchOHLCV(symbol: string, timeframe: string, since: number, limit: number): Promise<unknown>;
  parseOHLCV(row: unknown, market: unknown): readonly (number | undefined)[];
  parseOHLCVs: (rows: readonly unknown[], market: unknown) => unknown;
}

export type ErrorClass = new (message: string) => Error;

export interface Ccxt {
  readonly exchanges: readonly string[];
  /** May pass: the network, overload, maintenance, an answer that makes no sense. */
  readonly OperationFailed: ErrorClass;
  /** The exchange says no. */
  readonly ExchangeError: ErrorClass;
}

let loaded: Promise<Ccxt> | null = null;

/** Loads ccxt when it is first needed: that takes most of a second. */
export function loadCcxt(): Promise<Ccxt> {
  loaded ??= import("ccxt").then((module) => module.default as unknown as Ccxt);
  return loaded;
}

/** @throws RhymeError "usage" for a name that ccxt does not know */
export function makeExchange(
  ccxt: Ccxt,
  name: string,
  settings: Readonly<Record<string, unknown>>,
): CcxtExchange {
  if (!ccxt.exchanges.includes(name))
    throw new RhymeError("usage", {
      place: "exchange",
      expected: "a name that ccxt knows, such as binance, kraken, coinbase, okx or bybit",
      received: JSON.stringify(name),
      remedy: `Choose one of ${ccxt.exchanges.length}: docs.ccxt.com lists them`,
    });
  const classes = ccxt as unknown as Readonly<Record<string, unknown>>;
  const Exchange = classes[name] as new (settings: Readonly<Record<string, unknown>>) => CcxtExchange;
  const exchange = new Exchange(settings);
  // Candles need no list of currencies, which many exchanges give in a request of its own.
  exchange.has = { ...exchange.has, fetchCurrencies: false };
  if (exchange.has["fetchOHLCV"] !== true)
    throw new RhymeError("usage", {
      place: `exchange ${name}`,
      expected: "an exchange that gives candles of the past",
      received: "one that does not, says ccxt",
      remedy: "Choose another, such as binance",
    });
  return exchange;
}
