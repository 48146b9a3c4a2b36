import type { ContextColumns } from "../../src/lib/context/context.ts";
import { LABELS } from "../../src/lib/context/context.ts";
import type { LabelBatch, PatternBatch } from "../../src/lib/memory/memory.ts";
import { createRng } from "../../src/lib/math/rng.ts";

export const D = 64;
export const HORIZON = "4h";
const BAR = 300_000;
const HORIZON_BARS = 48;

/** Unit vectors that change slowly from row to row, as embeddings do. [rows, D] */
export function driftingVectors(rows: number, seed: number): Float32Array {
  const rng = createRng(seed);
  const vectors = new Float32Array(rows * D);
  for (let i = 0; i < rows; i++) {
    let square = 0;
    for (let j = 0; j < D; j++) {
      const before = i > 0 ? vectors[(i - 1) * D + j]! : 0;
      square += (vectors[i * D + j] = 0.95 * before + 0.04 * rng.normal()) ** 2;
    }
    const length = Math.sqrt(square);
    for (let j = 0; j < D; j++) vectors[i * D + j]! /= length;
  }
  return vectors;
}

/** Patterns of one symbol with contexts of one horizon, as `put` and `label` take them. */
export function patternBatch(
  symbol: string,
  rows: number,
  seed: number,
): { readonly patterns: PatternBatch; readonly labels: LabelBatch } {
  const rng = createRng(seed);
  const series = { source: "bench", symbol, timeframe: "5m" };
  const anchors = Float64Array.from({ length: rows }, (_, i) => 1.6e12 + i * BAR);
  const column = Float64Array.from({ length: rows }, () => rng.normal());
  const values = Object.fromEntries(LABELS.map((label) => [label, column])) as ContextColumns["values"];
  const columns: ContextColumns = {
    horizon: HORIZON,
    state: new Uint8Array(rows).fill(1),
    crossesClose: new Uint8Array(rows),
    matureAt: anchors.map((t) => t + HORIZON_BARS * BAR),
    values,
    atrNow: column,
  };
  const patterns: PatternBatch = {
    series,
    anchors,
    vectors: driftingVectors(rows, seed),
    atrNow: column,
    base: { [HORIZON]: column },
    revision: 0,
    lineage: { dataHash: "d", designHash: "g", encoderVersion: "v1" },
  };
  return { patterns, labels: { series, anchors, columns } };
}
