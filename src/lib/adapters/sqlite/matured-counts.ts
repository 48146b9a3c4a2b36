import type { SeriesKey } from "../../candles/candle-series.ts";
import type { Horizon } from "../../time/horizon.ts";
import type { EpochMs } from "../../time/units.ts";
import type { Store } from "./store.ts";

export interface MaturedOf {
  readonly tenant: string;
  readonly encoder: string;
  readonly horizon: Horizon;
  /** Only what was known by then is counted. */
  readonly asOf: EpochMs;
}

export interface MaturedCount extends SeriesKey {
  readonly matured: number;
}

/** How many moments of each series had an outcome by an instant; series without one are left out. */
export function maturedCounts(store: Store, { tenant, encoder, horizon, asOf }: MaturedOf): MaturedCount[] {
  const rows = store.rows(
    `SELECT source, symbol, timeframe, matured FROM series JOIN (
       SELECT series, count(*) AS matured FROM contexts
       WHERE memory = (SELECT memory FROM memories WHERE tenant = ? AND encoder = ?)
         AND horizon = ? AND mature_at <= ?
       GROUP BY series) USING (series) ORDER BY source, symbol, timeframe`,
    ...[tenant, encoder, horizon, asOf],
  );
  return rows.map(([source, symbol, timeframe, matured]) => ({
    ...{ source: source as string, symbol: symbol as string },
    ...{ timeframe: timeframe as string, matured: matured as number },
  }));
}
