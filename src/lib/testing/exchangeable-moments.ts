import { residualColumns, type ResidualColumns } from "../anomaly/residual-columns.ts";
import type { Rng } from "../math/rng.ts";
import type { Memory } from "../memory/memory.ts";
import { ramMemory } from "../memory/ram-memory.ts";
import { HOUR, SERIES, someContexts, somePatterns, T0 } from "./some-patterns.ts";

const DIM = 8;

/** Moments of which none is unlike the others: vectors and residuals are drawn alike and apart from each other. */
export async function exchangeableMoments(
  count: number,
  rng: Rng,
  change: (vectors: Float32Array, residuals: Float64Array, dim: number) => void = () => undefined,
): Promise<{ readonly memory: Memory; readonly residuals: ResidualColumns }> {
  // A cloud around the first axis: some moments are commoner than others, as in markets.
  const vectors = Float32Array.from(
    { length: count * DIM },
    (_, i) => (i % DIM === 0 ? 4 : 0) + rng.normal(),
  );
  const scores = Float64Array.from({ length: count }, () => rng.normal() ** 2);
  change(vectors, scores, DIM);
  const batch = somePatterns(count, { vectors });
  const memory = ramMemory({ tenant: "default", encoderVersion: "v1", dim: DIM });
  await memory.put(batch);
  await memory.label(someContexts(batch));
  const said = Array.from(scores, (score) => ({ score, column: 0, deviation: Math.sqrt(score) }));
  const columns = { timeframes: ["5m"], features: ["range"], width: 2, hidden: [0] };
  return { memory, residuals: residualColumns([...batch.anchors], said, columns) };
}

/** When the i-th of them was known. */
export function exchangeableAnchor(i: number): number {
  return T0 + i * HOUR;
}

export const EXCHANGEABLE = { series: SERIES, horizon: "4h", since: T0 } as const;
