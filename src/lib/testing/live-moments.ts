import type { ComparedJudgement } from "../anomaly/anomaly.ts";
import type { LiveState } from "../remember/live.ts";
import { HOUR, T0 } from "./some-patterns.ts";

/** A live state as one might be. */
export function someState(changed: Partial<LiveState> = {}): LiveState {
  return {
    ...{ source: "test", symbol: "BTCUSDT", timeframe: "5m", anchor: T0, atrNow: 0.01 },
    pattern: "00000000-0000-5000-8000-000000000001",
    encoderVersion: "v1",
    embedding: Float32Array.of(0.1, -0.2, 0.3, 1 / 3),
    base: { "4h": -0.25 },
    answer: { id: "00000000-0000-5000-8000-000000000002", horizon: "4h", medianReturn: 0.001 },
    anomaly: { pValue: 0.25, anomalous: false },
    lineage: { dataHash: "d", designHash: "g", encoderVersion: "v1" },
    ...changed,
  };
}

/** The n-th of some judgements, an hour apart, each with a smaller p-value than the one before. */
export function someJudgement(n: number, changed: Partial<ComparedJudgement> = {}): ComparedJudgement {
  const near = { id: "00000000-0000-5000-8000-00000000000a", anchor: T0 - HOUR, distance: 0.3 };
  return {
    id: `00000000-0000-5000-8000-${String(n).padStart(12, "0")}`,
    ...{ source: "test", symbol: "BTCUSDT", timeframe: "5m", anchor: T0 + n * HOUR },
    ...{ encoderVersion: "v1", horizon: "4h", kind: "residual", alpha: 0.01, anomalous: true },
    distance: { score: 0.7, pValue: 0.4 },
    residual: {
      score: 9,
      pValue: 0.004 / (n + 1),
      largest: { timeframe: "1h", feature: "range", deviation: 8 },
    },
    pValue: 0.008 / (n + 1),
    calibration: { count: 800, from: T0 - 1_000 * HOUR, to: T0 - 5 * HOUR },
    nearestNormal: { ...near, pValue: 0.5 },
    nearestAnomalous: null,
    ...changed,
  };
}
