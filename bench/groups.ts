import type { BenchWork } from "./row.ts";

/** What can be measured, by part of the project. A new piece of work is one file and one line here. */
export const GROUPS: Readonly<Record<string, () => Promise<readonly BenchWork[]>>> = {
  core: async () => [
    (await import("./core/encode-history.ts")).encodeHistory,
    (await import("./core/live-answer.ts")).liveAnswer,
    (await import("./core/exact-search.ts")).exactSearch,
    (await import("./core/read-candles.ts")).readFile,
    (await import("./core/open-memory.ts")).openMemory,
    (await import("./core/live-candle.ts")).liveCandle,
    (await import("./core/write-memory.ts")).writeMemory,
  ],
  encoders: async () => [
    (await import("./encoders/every-anchor.ts")).sage,
    (await import("./encoders/every-anchor.ts")).attention,
    (await import("./encoders/training.ts")).training,
    (await import("./encoders/search.ts")).search,
    (await import("./encoders/growth.ts")).growth,
    (await import("./encoders/gpu.ts")).gpu,
  ],
  workflows: async () => [
    (await import("./workflows/live-path.ts")).livePath,
    (await import("./workflows/backfill-overhead.ts")).backfillOverhead,
  ],
  weaviate: async () => [
    (await import("./weaviate/whole-memory.ts")).wholeMemory,
    (await import("./weaviate/million.ts")).million,
  ],
};
