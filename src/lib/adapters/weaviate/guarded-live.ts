import type { LiveSinks } from "../../remember/live.ts";
import { parseWeaviateAddress } from "./address.ts";
import { guardOf, IndexFailure, type Guard } from "./index-guard.ts";
import { openWeaviate, type WeaviateServer } from "./open-weaviate.ts";
import type { IndexWish } from "./search-index.ts";

/** Stores of a tenant on a server that may fail: what could not be written is said, in time, and nothing thrown. */
export class GuardedStores implements LiveSinks {
  readonly states: LiveSinks["states"];
  readonly anomalies: LiveSinks["anomalies"];
  failure: string | null = null;
  readonly #wish: IndexWish;
  readonly #signal: AbortSignal;
  #server: WeaviateServer | null = null;
  #guard: Guard | null = null;

  constructor(tenant: string, wish: IndexWish, signal: AbortSignal) {
    this.#wish = wish;
    this.#signal = signal;
    this.states = {
      put: async (state, now) =>
        (await this.#try((server) => server.tenant(tenant).liveStates().put(state, now))) ?? false,
    };
    this.anomalies = {
      put: async (patterns) =>
        void (await this.#try((server) => server.tenant(tenant).anomalies().put(patterns))),
    };
  }

  async #try<T>(work: (server: WeaviateServer) => Promise<T>): Promise<T | null> {
    if (this.failure !== null) return null;
    const { address, key, deadlineMs, onFailure } = this.#wish;
    const { place } = parseWeaviateAddress(address);
    const guard = (this.#guard ??= guardOf(place, { deadlineMs, signal: this.#signal }));
    try {
      this.#server ??= await guard((signal) => openWeaviate(address, { key, deadlineMs, signal }));
      const server = this.#server;
      return await guard(() => work(server));
    } catch (error) {
      if (!(error instanceof IndexFailure)) throw error;
      if (onFailure === "fail") throw error.cause;
      this.failure = error.reason;
      return null;
    }
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }
}
