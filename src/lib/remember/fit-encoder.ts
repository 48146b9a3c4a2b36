import { byTimeframe } from "../candles/resample.ts";
import { knownBy } from "../candles/slice.ts";
import { rowsOf, type CandleSeries } from "../candles/candle-series.ts";
import type { Encoder } from "../encoder/encoder.ts";
import type { FitCheckpoint, FitProgress, Tf } from "../encoder/family.ts";
import { sageFamily } from "../encoder/gnn/gnn-family.ts";
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
  /** Default: as many as the family takes. */
  readonly steps?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: FitProgress) => void | Promise<void>;
  readonly checkpoint?: FitCheckpoint;
}

/**
 * The default encoder, fitted on what was known of these series by `until` and on nothing else; series of which too
 * little was known by then are left out.
 * @throws RhymeError "input" where too little was known of every one of them
 */
export async function fitEncoder(
  candles: readonly CandleSeries[],
  options: FitEncoderOptions,
): Promise<Encoder> {
  const { tf, timeframes, until, seed, steps, signal, onProgress, checkpoint } = options;
  const known = fittable(candles, until);
  const featureSet = featureSetByName(options.featureSet);
  const tables = known.map((series) => featureTables(featureSet, byTimeframe(series, timeframes)));
  return sageFamily.fit(tables, {
    tf,
    design: defaultDesign(timeframes),
    featureSet,
    seed,
    fitUntil: until,
    ...(steps === undefined ? {} : { steps }),
    ...(signal ? { signal } : {}),
    ...(onProgress ? { onProgress } : {}),
    ...(checkpoint ? { checkpoint } : {}),
  });
}

/** What was known by `until`. @throws RhymeError "input" where of no series that is enough to fit on */
export function fittable(candles: readonly CandleSeries[], until: EpochMs): readonly CandleSeries[] {
  const known = candles.map((series) => knownBy(series, until));
  const enough = known.filter((series) => rowsOf(series) >= MIN_ROWS);
  if (enough.length > 0) return enough;
  const most = known.reduce((a, b) => (rowsOf(b) > rowsOf(a) ? b : a));
  throw new RhymeError("input", {
    place: `candles of ${most.symbol}`,
    expected: `at least ${MIN_ROWS} ${most.timeframe} candles known by ${iso(until)} to fit an encoder on`,
    received: `${rowsOf(most)}`,
    remedy: "Give more history, a later --fit-until, or an encoder of your own with --encoder.",
  });
}
