import { ComputePool, type ComputePoolOptions } from "./compute-pool.ts";

/** Questions that one exchange is asked at once; a thread begins when it is needed. */
const PER_EXCHANGE = 4;

/** Threads for each exchange by itself: one that keeps silent holds up none but its own series. */
export class SourcePools {
  readonly #options: Omit<ComputePoolOptions, "threads">;
  readonly #pools = new Map<string, ComputePool>();

  constructor(options: Omit<ComputePoolOptions, "threads"> = {}) {
    this.#options = options;
  }

  /** @param address null: the exchange's own */
  of({ exchange, address }: { readonly exchange: string; readonly address: string | null }): ComputePool {
    const place = address ?? exchange;
    const pool = this.#pools.get(place) ?? new ComputePool({ ...this.#options, threads: PER_EXCHANGE });
    this.#pools.set(place, pool);
    return pool;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
  }
}
