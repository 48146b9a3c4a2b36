import { connectExchange } from "../adapters/exchange/exchange-connection.ts";
import { exchangeSource, type ExchangePage, type ExchangeSourceOptions } from "../adapters/exchange/exchange-source.ts"; // prettier-ignore
import type { EpochMs } from "../time/units.ts";
import { countedPace } from "./counted-pace.ts";

export interface AskedPages extends ExchangeSourceOptions {
  /** Address of a loopback exchange. */
  readonly url: string;
  readonly symbol: string;
  readonly timeframe: string;
  /** Default: binance. */
  readonly exchange?: string;
  readonly from: EpochMs;
  readonly to?: EpochMs;
}

/** Every page that an exchange gives of one market. */
export async function exchangePages({
  url,
  symbol,
  timeframe,
  exchange = "binance",
  from,
  to = Infinity,
  ...options
}: AskedPages): Promise<ExchangePage[]> {
  const connection = await connectExchange(exchange, { baseUrl: url, pace: countedPace() });
  const source = exchangeSource(connection, options);
  const asked = { symbol, timeframe, exchange, from, to };
  const found: ExchangePage[] = [];
  for (let cursor: string | null | undefined; cursor !== null; cursor = found.at(-1)!.cursor)
    found.push(await source.read({ ...asked, ...(cursor === undefined ? {} : { cursor }) }));
  return found;
}

export const opens = (found: readonly ExchangePage[]): number[] =>
  found.flatMap(({ series }) => [...series.openTime]);
export const closes = (found: readonly ExchangePage[]): number[] =>
  found.flatMap(({ series }) => [...series.close]);
export const kinds = (found: readonly ExchangePage[]): string[] =>
  found.flatMap(({ findings }) => findings.map(({ kind }) => kind));
