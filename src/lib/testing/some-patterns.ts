import { LABELS } from "../context/context.ts";
import { createRng } from "../math/rng.ts";
import type { LabelBatch, PatternBatch, Query } from "../memory/memory.ts";

export const SERIES = { source: "test", symbol: "BTCUSDT", timeframe: "5m" };
export const HOUR = 3_600_000;
export const T0 = Date.UTC(2024, 0, 1);
export const DIM = 4;

/** P hourly patterns with vectors of small whole numbers, so that distances are exact and ties do occur. */
export function somePatterns(
  count: number,
  options: Partial<PatternBatch> & { seed?: number } = {},
): PatternBatch {
  const { seed = 1, ...rest } = options;
  const rng = createRng(seed);
  return {
    series: SERIES,
    anchors: Float64Array.from({ length: count }, (_, i) => T0 + i * HOUR),
    vectors: Float32Array.from({ length: count * DIM }, (_, i) => (i % DIM === 0 ? 1 : rng.int(5) - 2)),
    atrNow: Float64Array.from({ length: count }, () => 0.01 * (1 + rng.next())),
    base: { "4h": Float64Array.from({ length: count }, () => rng.normal()) },
    revision: 0,
    lineage: { dataHash: "d", designHash: "g", encoderVersion: "v1" },
    ...rest,
  };
}

/** Contexts that mature `hours` after each anchor of a batch. */
export function someContexts(batch: PatternBatch, hours = 4, seed = 2): LabelBatch {
  const rng = createRng(seed);
  const count = batch.anchors.length;
  const column = (): Float64Array => Float64Array.from({ length: count }, () => rng.normal());
  const values = Object.fromEntries(
    LABELS.map((label) => [label, column()]),
  ) as LabelBatch["columns"]["values"];
  values.barrier.fill(NaN);
  return {
    series: batch.series,
    anchors: batch.anchors,
    columns: {
      ...{ horizon: "4h", values, atrNow: batch.atrNow },
      state: new Uint8Array(count).fill(1),
      matureAt: batch.anchors.map((t) => t + hours * HOUR),
      crossesClose: Uint8Array.from({ length: count }, (_, i) => i % 2),
    },
  };
}

export function ask(options: Partial<Query> = {}): Query {
  return {
    vector: Float32Array.of(1, 1, 0, 0),
    ...{
      asOf: T0 + 1e6 * HOUR,
      horizon: "4h",
      k: 10,
      among: "all",
      timeframe: "5m",
      distinctEpisodes: false,
    },
    ...options,
  };
}
