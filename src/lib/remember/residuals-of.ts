import { MaskedReconstruction, type Residual } from "../anomaly/masked-reconstruction.ts";
import { fillMoment, momentColumns, type MomentColumns } from "../anomaly/moment-rows.ts";
import { residualColumns, type ResidualColumns } from "../anomaly/residual-columns.ts";
import type { SeriesKey } from "../candles/candle-series.ts";
import type { CandleStore } from "../candles/candle-store.ts";
import { byTimeframe } from "../candles/resample.ts";
import type { Encoder } from "../encoder/encoder.ts";
import { featureSetByName } from "../features/feature-sets.ts";
import { featureTables } from "../features/feature-table.ts";
import type { EpochMs } from "../time/units.ts";
import { views } from "./views.ts";

export interface ResidualsOptions {
  /** Moments of the series before it speaks. */
  readonly firstFit?: number; // 500
  readonly signal?: AbortSignal;
}

/**
 * How each moment of a stored series differs from what the rest of it led to expect, by what was known at its anchor:
 * one causal pass over the features that the encoder reads, which learns from every moment after it has spoken of it.
 */
export function residualsOf(
  store: CandleStore,
  key: SeriesKey,
  { featureSet, design }: Pick<Encoder, "featureSet" | "design">,
  { signal, firstFit }: ResidualsOptions = {},
): ResidualColumns {
  const anchors: EpochMs[] = [];
  const residuals: Residual[] = [];
  let past: { readonly columns: MomentColumns; readonly model: MaskedReconstruction } | null = null;
  for (const { series, isAnchor } of views(store, key)) {
    if (!isAnchor.includes(1)) continue;
    const tables = featureTables(featureSetByName(featureSet), byTimeframe(series, design.timeframes));
    const columns: MomentColumns = past?.columns ?? momentColumns(tables, design.timeframes);
    past ??= { columns, model: new MaskedReconstruction(columns, firstFit) };
    const moment = new Float64Array(columns.width);
    for (let row = 0; row < isAnchor.length; row++) {
      if (isAnchor[row] === 0) continue;
      if (row % 4_096 === 0) signal?.throwIfAborted();
      const anchor = series.knownAt[row]!;
      fillMoment(tables, columns, anchor, moment);
      anchors.push(anchor);
      residuals.push(past.model.next(moment));
    }
  }
  return residualColumns(anchors, residuals, past?.columns ?? null);
}
