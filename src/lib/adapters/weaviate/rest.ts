import { refusedCall, tooSlow, unreachable } from "./failure.ts";
import type { WeaviateAddress } from "./address.ts";

export interface RestOptions {
  readonly key?: string | undefined;
  /** What a call gets unless it says otherwise. */
  readonly deadlineMs: number;
}

export interface Call {
  readonly body?: unknown;
  /** Statuses that are answers, beside 2xx. */
  readonly also?: readonly number[];
  readonly deadlineMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  readonly status: number;
  /** null where the server sent nothing. */
  readonly json: unknown;
}

/** The server's REST interface: one call, one deadline, errors in words. */
export class Rest {
  readonly place: string;
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #deadlineMs: number;
  readonly #closed = new AbortController();

  constructor(address: WeaviateAddress, { key, deadlineMs }: RestOptions) {
    this.place = address.place;
    this.#base = `${address.secure ? "https" : "http"}://${hostAndPort(address)}/v1`;
    this.#headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
    this.#deadlineMs = deadlineMs;
  }

  /** @throws WeaviateFailure, or the reason of `signal` */
  async call(method: string, path: string, call: Call = {}): Promise<Answer> {
    const { body, also = [], signal } = call;
    const deadlineMs = call.deadlineMs ?? this.#deadlineMs;
    const late = AbortSignal.timeout(deadlineMs);
    const ends = [late, this.#closed.signal, ...(signal ? [signal] : [])];
    try {
      const response = await fetched(this.#base + path, {
        method,
        headers: { ...this.#headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
        signal: AbortSignal.any(ends),
      });
      const text = await response.text();
      if (!response.ok && !also.includes(response.status))
        throw refusedCall(this.place, `${method} ${path.split("?")[0]}`, response.status, text);
      return { status: response.status, json: parsed(text) };
    } catch (error) {
      if (late.aborted && !signal?.aborted) throw tooSlow(this.place, deadlineMs);
      signal?.throwIfAborted();
      if (this.#closed.signal.aborted) throw unreachable(this.place, "a connection that was closed");
      throw error instanceof TypeError ? unreachable(this.place, reasonOf(error)) : error;
    }
  }

  /** Calls that are under way end now: none of them keeps a process alive. */
  close(): void {
    this.#closed.abort();
  }
}

/**
 * A connection that was kept may have been closed by the server while this process computed: nobody has read that yet.
 * Asking again costs nothing; what changes something is not sent twice.
 */
async function fetched(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as { readonly code?: string };
    if (init.method !== "GET" || (code !== "UND_ERR_SOCKET" && code !== "ECONNRESET")) throw error;
    return fetch(url, init);
  }
}

function hostAndPort({ host, port }: WeaviateAddress): string {
  return `${host}:${port}`;
}

function parsed(text: string): unknown {
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    return null; // an error page of something that is no Weaviate
  }
}

/** What Node says of a connection that failed: its `fetch` hides it in causes. */
export function reasonOf(error: Error): string {
  const cause = error.cause as (Error & { readonly code?: string }) | undefined;
  if (cause?.code === "ECONNREFUSED") return "connection refused: nothing listens there";
  return cause?.message || cause?.code || error.message;
}
