import type { SeriesKey } from "../../candles/candle-series.ts";
import type { Horizon } from "../../time/horizon.ts";
import type { EpochMs } from "../../time/units.ts";
import { findSeries } from "./series-table.ts";
import type { Store } from "./store.ts";

export interface LabelledOf {
  readonly tenant: string;
  readonly encoder: string;
  readonly horizon: Horizon;
  readonly series: SeriesKey;
}

/** When the newest outcome of a series over a horizon was known; -Infinity where none is stored. */
export function labelledUntil(store: Store, { tenant, encoder, horizon, series }: LabelledOf): EpochMs {
  const row = store.row(
    `SELECT max(mature_at) FROM contexts WHERE memory = (SELECT memory FROM memories WHERE tenant = ? AND encoder = ?)
       AND horizon = ? AND series = ?`,
    ...[tenant, encoder, horizon, findSeries(store, series) ?? -1],
  );
  return (row?.[0] ?? -Infinity) as number;
}
