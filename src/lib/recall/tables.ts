import { quantileSorted, sortedFinite } from "../math/quantiles.ts";
import type { MaturedColumns } from "../memory/memory.ts";
import { LEVELS } from "./answer.ts";
import { toLine } from "./bands.ts";

/** Matured patterns of the symbol that the tables are made from, at most. */
export const TABLE_ROWS = 2000;
export const FEWEST_TABLE_ROWS = 50;

/** Shares of −1, 0 and 1. */
export type Signs = { readonly "-1": number; readonly "0": number; readonly "1": number };

/**
 * Quantiles at LEVELS of what followed this symbol's matured past, each outcome in units of the scale that its
 * own base forecast gave it, atrNow·exp(base). √bars needs no formula: it is in these units already.
 */
export interface Tables {
  readonly return: Float64Array;
  readonly maxGain: Float64Array;
  readonly maxLoss: Float64Array;
  /** logAtrRatio − base, and ln realisedVolatility − ln scale: added, not multiplied. */
  readonly logAtrRatio: Float64Array;
  readonly logVolatility: Float64Array;
  readonly rvi: Float64Array; // as it is
  readonly returnPerAtr: Float64Array; // in units of atrNow: persistence
  readonly plainReturn: Float64Array; // as it is: climatology
  /** Mean of logAtrRatio − base. */
  readonly centre: number;
  readonly direction: Signs;
  readonly barrier: Signs;
}

/** Null with fewer than 50 matured outcomes that had a base forecast. */
export function tablesOf(matured: MaturedColumns): Tables | null {
  const { base, atrNow, values } = matured;
  const scale = base.map((b, i) => (atrNow[i]! > 0 ? atrNow[i]! * Math.exp(b) : NaN));
  const miss = values.logAtrRatio.map((y, i) => y - base[i]!);
  const misses = sortedFinite(miss);
  if (misses.length < FEWEST_TABLE_ROWS) return null;
  const scaled = (xs: Float64Array): Float64Array => quantilesOf(xs.map((x, i) => x / scale[i]!));
  return {
    return: scaled(values.return),
    maxGain: scaled(values.maxGain),
    maxLoss: scaled(values.maxLoss),
    logAtrRatio: atLevels(misses),
    logVolatility: quantilesOf(
      values.realisedVolatility.map((v, i) =>
        Number.isNaN(v) ? NaN : toLine("realisedVolatility", v) - Math.log(scale[i]!),
      ),
    ),
    rvi: quantilesOf(values.rvi),
    returnPerAtr: quantilesOf(values.return.map((x, i) => (atrNow[i]! > 0 ? x / atrNow[i]! : NaN))),
    plainReturn: quantilesOf(values.return),
    centre: misses.reduce((sum, x) => sum + x, 0) / misses.length,
    direction: frequencies(values.direction),
    barrier: frequencies(values.barrier),
  };
}

function quantilesOf(values: Float64Array): Float64Array {
  return atLevels(sortedFinite(values));
}

function atLevels(sorted: Float64Array): Float64Array {
  return Float64Array.from(LEVELS, (level) => quantileSorted(sorted, level));
}

/** Observed shares with one made-up observation of each sign (Laplace), so that nothing is impossible. */
function frequencies(signs: Float64Array): Signs {
  const counts = { "-1": 1, "0": 1, "1": 1 };
  let total = 3;
  for (const sign of signs) {
    if (sign !== -1 && sign !== 0 && sign !== 1) continue;
    counts[`${sign}` as keyof Signs]++;
    total++;
  }
  return { "-1": counts["-1"] / total, "0": counts["0"] / total, "1": counts["1"] / total };
}
