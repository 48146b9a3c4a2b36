import { RhymeError } from "../../errors.ts";
import type { CcxtExchange } from "./ccxt-exchange.ts";

/** Which list of markets a symbol stands in, as Binance divides them. */
export type MarketKind = "spot" | "linear" | "inverse";

/** `BTC/USDT` is spot; `BTC/USDT:USDT` is settled in the quote, `BTC/USD:BTC` in the base. */
export function marketKind(symbol: string): MarketKind {
  const [pair = "", settle] = symbol.split(":");
  if (settle === undefined) return "spot";
  return pair.startsWith(`${settle}/`) ? "inverse" : "linear";
}

/** Kinds that were loaded, by exchange; those that do not divide their markets load all at once. */
const loaded = new WeakMap<CcxtExchange, Set<MarketKind>>();

/** Loads the list of markets of one kind, once. Binance would send those of all kinds, megabytes each. */
export async function loadMarketsOf(exchange: CcxtExchange, kind: MarketKind): Promise<void> {
  const kinds = loaded.get(exchange) ?? new Set();
  const divided = exchange.id === "binance";
  if (kinds.has(kind) || (!divided && kinds.size > 0)) return;
  const wanted = new Set([...kinds, kind]);
  if (divided) exchange.options["fetchMarkets"] = { types: [...wanted] };
  await exchange.loadMarkets(true);
  loaded.set(exchange, wanted);
}

/**
 * The unified name of a market, by that name or by the exchange's own.
 * @throws RhymeError "usage" where there is none, with those that look like it
 */
export function symbolNamed(
  { id, markets = {}, markets_by_id: byId = {} }: CcxtExchange,
  named: string,
): string {
  if (Object.hasOwn(markets, named)) return named;
  const own = byId[named] ?? [];
  if (own.length === 1) return own[0]!.symbol;
  const plain = (text: string): string => text.replace(/[^A-Za-z0-9]/g, "").toUpperCase();
  const wanted = plain(named);
  const alike = Object.keys(markets).filter((one) => plain(one).startsWith(wanted.slice(0, 3)));
  const nearest = [...alike.filter((one) => plain(one) === wanted), ...alike].slice(0, 5);
  throw new RhymeError("usage", {
    place: "symbol",
    expected: `a market of ${id}${nearest.length > 0 ? `, such as ${[...new Set(nearest)].join(", ")}` : ""}`,
    received: JSON.stringify(named),
    remedy: "Write base and quote with a slash: BTC/USDT.",
  });
}
