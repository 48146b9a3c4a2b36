import type { Pace } from "../adapters/weaviate/pace.ts";

/** A clock on which waiting takes no time, and what was waited on it, ms. */
export function countedPace(): Pace & { readonly waits: readonly number[] } {
  const waits: number[] = [];
  let now = 0;
  return {
    waits,
    now: () => now,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      waits.push(ms);
      now += ms;
    },
  };
}
