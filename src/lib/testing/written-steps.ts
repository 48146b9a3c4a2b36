import type { MemoryFolder } from "../adapters/sqlite/open-memory.ts";
import type { Memory } from "../memory/memory.ts";
import { syntheticCandles } from "./candles.ts";
import { DIM, HOUR, someContexts, somePatterns, T0 } from "./some-patterns.ts";

const PER_STEP = 40;

/** Step `n` of a long course of writes: candles, patterns, contexts, an encoder now and then. Safe to repeat. */
export async function writeStep(folder: MemoryFolder, memory: Memory, n: number): Promise<void> {
  const anchors = Float64Array.from({ length: PER_STEP }, (_, i) => T0 + (n * PER_STEP + i) * HOUR);
  const batch = somePatterns(PER_STEP, { seed: n, anchors });
  folder.candles.write(syntheticCandles({ seed: n, rows: 30, start: T0 + n * 24 * HOUR }), T0);
  await memory.put(batch);
  await memory.label(someContexts(batch, 4, n));
  if (n % 5 === 0) {
    const files = {
      "encoder.json": new Uint8Array(3000).fill(n),
      "weights.safetensors": new Uint8Array(50_000).fill(n),
    };
    folder.encoders.save(
      {
        ...{ version: `v${n}`, kind: "test", dim: DIM, timeframes: ["5m"] },
        ...{ featureSet: "f", featureSetHash: "h", knownAt: T0 + n },
      },
      files,
    );
  }
}
