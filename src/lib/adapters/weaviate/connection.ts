import { setTimeout as pause } from "node:timers/promises";
import type { WeaviateClient } from "weaviate-client";
import { parseWeaviateAddress, type WeaviateAddress } from "./address.ts";
import { OtherSize, refusedCall, tooSlow, unreachable, WeaviateFailure } from "./failure.ts";
import { quietClient } from "./quiet-client.ts";
import { REAL_PACE, type Pace } from "./pace.ts";
import { Rest } from "./rest.ts";

export interface ConnectOptions {
  /** An API key of the server; it is never printed and stands in no answer. */
  readonly key?: string | undefined;
  /** What one call may take, ms; default 10 s. Writing one portion may take six times that. */
  readonly deadlineMs?: number;
  /** For how long writing tries again where the server does not answer, ms; default 30 s. */
  readonly patienceMs?: number;
  readonly signal?: AbortSignal | undefined;
  readonly pace?: Pace;
}

/** A gRPC call: what it is called in messages, and what may end it. */
export interface GrpcCall {
  readonly named: string;
  readonly deadlineMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A call that succeeded so recently vouches for the next one, ms. */
const FRESH_MS = 100;

/** Whether the server is still there is looked at this often during a call, ms. */
const LOOK_MS = 1_000;

/** Both ways to one server: REST for schema, writing and single objects, the client's gRPC for reading many. */
export class Connection {
  readonly rest: Rest;
  readonly pace: Pace;
  readonly deadlineMs: number;
  readonly patienceMs: number;
  readonly #client: Promise<WeaviateClient>;
  #answered = -Infinity;
  #isVersionKnown = false;

  constructor(address: WeaviateAddress, options: ConnectOptions) {
    this.deadlineMs = options.deadlineMs ?? 10_000;
    this.patienceMs = options.patienceMs ?? 30_000;
    this.pace = options.pace ?? REAL_PACE;
    this.rest = new Rest(address, { key: options.key, deadlineMs: this.deadlineMs });
    this.#client = clientOf(address, options.key);
    this.#client.catch(() => {}); // told by the first call that needs it
  }

  static to(address: string, options: ConnectOptions): Connection {
    return new Connection(parseWeaviateAddress(address), options);
  }

  get place(): string {
    return this.rest.place;
  }

  /**
   * Runs a call of the client with a deadline. The client meets a server that is gone with retries, so whether it is
   * there is asked first, unless it has just answered.
   * @throws WeaviateFailure, or the reason of `signal`
   */
  async grpc<T>(
    call: GrpcCall,
    work: (client: WeaviateClient, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { named, signal, deadlineMs = this.deadlineMs } = call;
    if (performance.now() - this.#answered > FRESH_MS)
      await this.rest.call("GET", "/.well-known/ready", { deadlineMs, signal });
    const late = AbortSignal.timeout(deadlineMs);
    const either = signal ? AbortSignal.any([late, signal]) : late;
    const done = new AbortController();
    try {
      const gone = this.#untilGone(deadlineMs, AbortSignal.any([either, done.signal]));
      const asked = this.#versioned().then((client) => work(client, either));
      const answer = await orAborted(Promise.race([asked, gone]), either);
      this.#answered = performance.now();
      return answer;
    } catch (error) {
      this.#answered = -Infinity;
      signal?.throwIfAborted();
      if (late.aborted) throw tooSlow(this.place, deadlineMs);
      throw error instanceof WeaviateFailure ? error : this.#inWords(named, error as Error);
    } finally {
      done.abort();
    }
  }

  /**
   * Every collection object of the client asks for the server's version by itself; where that fails, it is a rejection
   * that nobody handles, which ends a process. Once the version is known to the client it does not ask.
   */
  async #versioned(): Promise<WeaviateClient> {
    const client = await this.#client;
    if (!this.#isVersionKnown) await client.getWeaviateVersion();
    this.#isVersionKnown = true;
    return client;
  }

  /** Fails once the server has gone: the client would go on trying, up to any deadline. */
  async #untilGone(deadlineMs: number, signal: AbortSignal): Promise<never> {
    try {
      for (;;) {
        await pause(LOOK_MS, undefined, { signal });
        await this.rest.call("GET", "/.well-known/ready", { deadlineMs, signal });
      }
    } catch (error) {
      if (signal.aborted) return await new Promise<never>(() => {}); // nobody waits for it any more
      throw error;
    }
  }

  /** What the client says of a call that failed begins with its path, then a status. */
  #inWords(named: string, error: Error): Error {
    const said = /\b(UNAVAILABLE|UNAUTHENTICATED|PERMISSION_DENIED|DEADLINE_EXCEEDED)\b/.exec(error.message);
    const sizes = /(\d+) vs (\d+): vector lengths don't match/.exec(error.message);
    if (sizes) return new OtherSize(this.place, sizes[1]!, sizes[2]!);
    if (said?.[1] === "UNAVAILABLE" || said?.[1] === "DEADLINE_EXCEEDED")
      return unreachable(this.place, error.message.slice(0, 300));
    const code = { UNAUTHENTICATED: 401, PERMISSION_DENIED: 403 }[said?.[1] ?? ""] ?? 422;
    const status = /"code":(401|403)\b/.exec(error.message); // of a call that the client makes by REST
    const known = (error as { readonly code?: number }).code === 7 ? 403 : Number(status?.[1] ?? code);
    return refusedCall(this.place, named, known, JSON.stringify({ message: error.message }));
  }

  /** Ends whatever is under way, too. */
  async close(): Promise<void> {
    this.rest.close();
    await (await this.#client.catch(() => null))?.close();
  }
}

/**
 * Without the client's own checks at the beginning, which say less than ours and cost two calls. Loaded when it is
 * needed: a quarter of a second that nobody pays who has no server.
 */
async function clientOf(address: WeaviateAddress, key: string | undefined): Promise<WeaviateClient> {
  const weaviate = await quietClient();
  const { host, port, grpcPort, secure } = address;
  return weaviate.connectToCustom({
    ...{ httpHost: host, httpPort: port, httpSecure: secure },
    ...{ grpcHost: host, grpcPort, grpcSecure: secure, skipInitChecks: true },
    ...(key === undefined ? {} : { authCredentials: new weaviate.ApiKey(key) }),
    timeout: { init: 10, query: 600, insert: 600 }, // seconds; ours are shorter
  });
}

/** Not every call of the client listens to its signal. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
    work.catch(() => {});
  }
}
