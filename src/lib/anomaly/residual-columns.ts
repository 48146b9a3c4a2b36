import { countUpTo } from "../math/count-up-to.ts";
import type { Timeframe } from "../time/timeframe.ts";
import type { EpochMs } from "../time/units.ts";
import type { Residual } from "./masked-reconstruction.ts";
import type { MomentColumns } from "./moment-rows.ts";

/** Residuals of the masked reconstruction of moments of one series, each as of its own anchor. M rows. */
export interface ResidualColumns {
  readonly anchor: Float64Array; // [M] ascending
  readonly score: Float64Array; // [M] NaN where nothing could be said
  /** Which column differed most, −1 for none, and by how many standard deviations of the past. */
  readonly column: Int32Array; // [M]
  readonly deviation: Float64Array; // [M]
  /** What the columns are; null where there is no moment. */
  readonly columns: MomentColumns | null;
}

/** A feature that is far from what the rest of its moment led to expect. */
export interface Surprise {
  readonly timeframe: Timeframe;
  readonly feature: string;
  readonly deviation: number;
}

export function residualColumns(
  anchors: readonly EpochMs[],
  residuals: readonly Residual[],
  columns: MomentColumns | null,
): ResidualColumns {
  return {
    anchor: Float64Array.from(anchors),
    score: Float64Array.from(residuals, ({ score }) => score),
    column: Int32Array.from(residuals, ({ column }) => column),
    deviation: Float64Array.from(residuals, ({ deviation }) => deviation),
    columns,
  };
}

/** The residual of the moment at `anchor`: its score, NaN where unsaid, and where it is largest. */
export function residualAt(
  { anchor: anchors, score, column, deviation, columns }: ResidualColumns,
  anchor: EpochMs,
): { readonly score: number; readonly largest: Surprise | null } {
  const row = countUpTo(anchors, anchor) - 1;
  if (row < 0 || anchors[row] !== anchor || column[row]! < 0 || !columns)
    return { score: NaN, largest: null };
  const { timeframes, features } = columns;
  const timeframe = timeframes[Math.floor(column[row]! / features.length)]!;
  const feature = features[column[row]! % features.length]!;
  return { score: score[row]!, largest: { timeframe, feature, deviation: deviation[row]! } };
}
