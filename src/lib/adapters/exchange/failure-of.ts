import { RhymeError } from "../../errors.ts";
import type { Heard } from "./bounded-fetch.ts";
import type { Ccxt, ErrorClass } from "./ccxt-exchange.ts";
import { noDocument, refused, SourceFailure } from "./source-failure.ts";

/**
 * Whatever ccxt threw, as a failure that says whether it may pass: by the HTTP status where that says no, else by
 * ccxt's own class, since some exchanges answer 200 and say no in the document.
 * @param heard the answer that it threw over; null where there was none
 */
export function failureOf(error: unknown, ccxt: Ccxt, place: string, heard: Heard | null): Error {
  if (error instanceof RhymeError) return error;
  return error instanceof Error ? explained(error, ccxt, place, heard) : new Error(String(error));
}

function explained(error: Error, ccxt: Ccxt, place: string, heard: Heard | null): Error {
  const said = saidIn(error, heard?.status ?? 0);
  if (heard && heard.status >= 400) return refused(place, heard.status, said, heard.retryAfterMs);
  if (isOf(error, ccxt.OperationFailed)) return refused(place, 503, said, heard?.retryAfterMs ?? null);
  if (isOf(error, ccxt.ExchangeError))
    return new SourceFailure(
      { place, expected: "candles", received: said, remedy: "Check symbol, timeframe and span." },
      { retryable: false, status: heard?.status ?? 0 },
    );
  // A document of another shape than ccxt knows breaks its code: the next answer may be whole.
  if (error instanceof TypeError && heard)
    return noDocument(place, heard.status, `${heard.path}: ${error.message}`);
  return error;
}

/** What ccxt says, without exchange, method and address, in one short line. */
function saidIn({ message }: Error, status: number): string {
  const line = message.replace(/\s+/g, " ");
  const bare = line.replace(/^\S+ (?:(?:GET|POST) \S+ )?/, "");
  return bare.replace(new RegExp(`^${status} `), "").slice(0, 200);
}

/** Not by `instanceof` itself: to the compiler every error is of ccxt's classes. */
function isOf(error: Error, type: ErrorClass): boolean {
  return error instanceof type;
}
