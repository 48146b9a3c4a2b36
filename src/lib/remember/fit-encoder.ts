import { byTimeframe } from "../candles/resample.ts";
import { knownBy } from "../candles/slice.ts";
import { rowsOf, type CandleSeries } from "../candles/candle-series.ts";
import type { Encoder } from "../encoder/encoder.ts";
import type { FitCheckpoint, FitProgress, Tf } from "../encoder/family.ts";
import { sageFamily } from "../encoder/graph-sage/sage-family.ts";
import { RhymeError } from "../errors.ts";
import { featureSetByName } from "../features/feature-sets.ts";
import { featureTables } from "../features/feature-table.ts";
import { defaultDesign } from "../graph/design.ts";
import { iso, type EpochMs } from "../time/units.ts";
import type { Timeframe } from "../time/timeframe.ts";

const MIN_ROWS = 500; // fewer teach a scaler little and a network nothing

export interface FitEncoderOptions {
  readonly tf: Tf;
  readonly timeframes: readonly Timeframe[];
  readonly featureSet: string;
  readonly until: EpochMs;
  readonly seed: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: FitProgress) => void | Promise<void>;
  readonly checkpoint?: FitCheckpoint;
}

/**
 * The default encoder, fitted on what was known of these candles by `until` and on nothing else.
 * @throws RhymeError "input" where too little was known by then
 */
export async function fitEncoder(candles: CandleSeries, options: FitEncoderOptions): Promise<Encoder> {
  const { tf, timeframes, until, seed, signal, onProgress, checkpoint } = options;
  const known = fittable(candles, until);
  const featureSet = featureSetByName(options.featureSet);
  const tables = featureTables(featureSet, byTimeframe(known, timeframes));
  return sageFamily.fit([tables], {
    tf,
    design: defaultDesign(timeframes),
    featureSet,
    seed,
    fitUntil: until,
    ...(signal ? { signal } : {}),
    ...(onProgress ? { onProgress } : {}),
    ...(checkpoint ? { checkpoint } : {}),
  });
}

/** What was known by `until`. @throws RhymeError "input" where that is too little to fit on */
export function fittable(candles: CandleSeries, until: EpochMs): CandleSeries {
  const known = knownBy(candles, until);
  if (rowsOf(known) >= MIN_ROWS) return known;
  throw new RhymeError("input", {
    place: `candles of ${candles.symbol}`,
    expected: `at least ${MIN_ROWS} ${candles.timeframe} candles known by ${iso(until)} to fit an encoder on`,
    received: `${rowsOf(known)}`,
    remedy: "Give more history, a later --fit-until, or an encoder of your own with --encoder.",
  });
}
