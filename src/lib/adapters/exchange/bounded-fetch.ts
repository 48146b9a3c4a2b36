import { sha256Hex } from "../../math/hash.ts";
import { SECOND, type DurationMs, type EpochMs } from "../../time/units.ts";
import { reasonOf } from "../weaviate/rest.ts";
import { noAnswer, noDocument, SourceFailure, tooSlow } from "./source-failure.ts";

/** What an answer said beside its document. */
export interface Heard {
  /** Without query: it may not be logged where a key stands in it. */
  readonly path: string;
  readonly status: number;
  /** The clock of the server, from the header `Date`; null where it has none. */
  readonly clock: EpochMs | null;
  readonly retryAfterMs: DurationMs | null;
  readonly bytes: number;
  readonly sha256: string;
}

export interface BoundedFetchOptions {
  /** Names the exchange in messages. */
  readonly place: string;
  /** What one request may take, to its last byte. */
  readonly deadlineMs: DurationMs;
  /** Another host that answers for the exchange: a mirror, a proxy, a test's. */
  readonly baseUrl?: URL;
  readonly signal: () => AbortSignal;
  readonly onHeard: (heard: Heard) => void;
}

/** The part of `fetch` that ccxt uses. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** No page of candles and no list of markets is larger. */
const MOST_BYTES = 256 * 2 ** 20;

/**
 * `fetch` for ccxt that keeps what ccxt's own does not: a deadline that also holds while the body comes, the caller's
 * signal, a host that can be moved, and the refusal of a document that was cut.
 * @throws SourceFailure, or the reason of the signal
 */
export function boundedFetch(options: BoundedFetchOptions): Fetch {
  const { place, deadlineMs, baseUrl } = options;
  return async (url, init) => {
    const asked = moved(url, baseUrl);
    const late = AbortSignal.timeout(deadlineMs);
    const caller = options.signal();
    try {
      // ccxt's own signal ends with the headers; ours stands for the whole.
      const given = {
        method: init.method ?? "GET",
        headers: plainHeaders(init.headers),
        body: init.body ?? null,
      };
      const signal = AbortSignal.any([late, caller]);
      const response = await fetch(asked, { ...given, redirect: "error", signal });
      const text = await wholeText(response, place);
      options.onHeard(heardOf(asked, response, text));
      if (response.ok && !isDocument(text)) throw noDocument(place, response.status, text);
      return new Response(text === "" ? null : text, { status: response.status, headers: response.headers });
    } catch (error) {
      if (error instanceof SourceFailure) throw error;
      caller.throwIfAborted();
      if (late.aborted) throw tooSlow(place, deadlineMs);
      throw noAnswer(place, reasonOf(error as Error));
    }
  };
}

function moved(url: string, baseUrl: URL | undefined): URL {
  const asked = new URL(url);
  if (!baseUrl) return asked;
  const prefix = baseUrl.pathname.replace(/\/$/, "");
  return new URL(`${baseUrl.origin}${prefix}${asked.pathname}${asked.search}`);
}

/** ccxt asks for compression by hand; Node's fetch does that itself. */
function plainHeaders(headers: RequestInit["headers"]): Record<string, string> {
  const all = Object.entries((headers ?? {}) as Record<string, string>);
  return Object.fromEntries(all.filter(([name]) => name.toLowerCase() !== "accept-encoding"));
}

async function wholeText(response: Response, place: string): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw noDocument(place, response.status, "more than 256 MiB");
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8").trim();
}

function isDocument(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null;
  } catch {
    return false;
  }
}

function heardOf(asked: URL, { status, headers }: Response, text: string): Heard {
  const clock = instantIn(headers.get("date") ?? "");
  const body = Buffer.from(text);
  return {
    ...{ path: asked.pathname, status, clock, bytes: body.length, sha256: sha256Hex(body) },
    retryAfterMs: retryAfterMs(headers.get("retry-after"), clock),
  };
}

/**
 * Seconds, or an HTTP date counted from the server's own clock; null for anything else.
 * @see RFC 9110, section 10.2.3
 */
export function retryAfterMs(value: string | null, clock: EpochMs | null): DurationMs | null {
  if (value === null) return null;
  if (/^\s*\d{1,9}\s*$/.test(value)) return Number(value) * SECOND;
  const until = instantIn(value);
  return until === null || clock === null ? null : Math.max(0, until - clock);
}

/** An HTTP date; null for anything else, much of which Date.parse would take for one. */
function instantIn(text: string): EpochMs | null {
  const instant = /^[A-Za-z]{3,9},? .* GMT$/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(instant) ? null : instant;
}
