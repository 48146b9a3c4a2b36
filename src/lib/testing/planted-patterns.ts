import type { Context } from "../context/context.ts";
import { createRng } from "../math/rng.ts";
import type { Pattern } from "../memory/memory.ts";
import { HOUR } from "../time/units.ts";

export interface PlantedWorld {
  readonly seed: number;
  readonly rows: number;
  /** What the base forecast misses in state +1 (and, negative, in −1): 0 is a world in which recall knows nothing. */
  readonly planted: number;
  readonly horizonBars?: number;
  readonly symbol?: string;
  readonly start?: number;
}

export const PLANTED_START = Date.UTC(2020, 0, 1);
export const PLANTED_HORIZON = "4h";
export const PLANTED_ENCODER = { version: "v1", knownAt: PLANTED_START };

/** The hidden state of row i: −1, 0 or 1, in turns of 20 rows. The embedding shows it, the base does not know. */
export function plantedState(row: number): number {
  return (Math.floor(row / 20) % 3) - 1;
}

/**
 * Hourly patterns whose outcomes are known by construction: volatility clusters, the base forecast is right but
 * for `planted · state` and noise, returns are normal with the realised volatility.
 */
export function plantedPatterns(world: PlantedWorld): Pattern[] {
  const { seed, rows, planted, horizonBars = 4, symbol = "TEST", start = PLANTED_START } = world;
  const rng = createRng(seed);
  let logVol = 0;
  return Array.from({ length: rows }, (_, i) => {
    logVol = 0.98 * logVol + 0.1 * rng.normal();
    const atrNow = 0.004 * Math.exp(logVol);
    const base = -0.5 * logVol;
    const logAtrRatio = base + planted * plantedState(i) + 0.25 * rng.normal();
    const anchor = start + i * HOUR;
    const matureAt = anchor + horizonBars * HOUR;
    return {
      id: `00000000-0000-4000-8000-${(i + 1).toString(16).padStart(12, "0")}`,
      source: "planted",
      symbol,
      timeframe: "1h",
      anchor,
      revision: 0,
      vector: unit([3, 3 * plantedState(i), rng.normal() * 0.3, rng.normal() * 0.3]),
      atrNow,
      base: { [PLANTED_HORIZON]: base },
      contexts: { [PLANTED_HORIZON]: outcome(atrNow, logAtrRatio, matureAt, rng.normal(), rng.next()) },
      matureAt: { [PLANTED_HORIZON]: matureAt },
      lineage: { dataHash: "d", designHash: "g", encoderVersion: "v1" },
    };
  });
}

function outcome(
  atrNow: number,
  logAtrRatio: number,
  matureAt: number,
  draw: number,
  chance: number,
): Context {
  const atr = atrNow * Math.exp(logAtrRatio);
  const logReturn = 1.6 * atr * draw;
  return {
    return: logReturn,
    roc: Math.expm1(logReturn),
    atr,
    logAtrRatio,
    realisedVolatility: 1.5 * atr,
    rvi: 100 * chance,
    maxGain: Math.max(logReturn, 0) + atr * chance,
    maxLoss: Math.min(logReturn, 0) - atr * (1 - chance),
    direction: Math.sign(logReturn),
    barrier: Math.abs(logReturn) > 2 * atrNow ? Math.sign(logReturn) : 0,
    matureAt,
    crossesClose: false,
  };
}

function unit(v: readonly number[]): Float32Array {
  const length = Math.hypot(...v);
  return Float32Array.from(v, (x) => x / length);
}
