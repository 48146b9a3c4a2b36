import type { EpochMs } from "../time/units.ts";
import type { CandleSeries } from "./candle-series.ts";

type Columns = Omit<CandleSeries, "source" | "symbol" | "timeframe" | "calendar">;

function mapColumns(
  series: CandleSeries,
  f: <A extends Float64Array | Uint8Array>(column: A) => A,
): CandleSeries {
  const columns: Columns = {
    openTime: f(series.openTime),
    closeTime: f(series.closeTime),
    knownAt: f(series.knownAt),
    open: f(series.open),
    high: f(series.high),
    low: f(series.low),
    close: f(series.close),
    volume: f(series.volume),
    ...(series.trades ? { trades: f(series.trades) } : {}),
    ...(series.vwap ? { vwap: f(series.vwap) } : {}),
    ...(series.spread ? { spread: f(series.spread) } : {}),
    partial: f(series.partial),
  };
  const { source, symbol, timeframe, calendar } = series;
  return { source, symbol, timeframe, calendar, ...columns };
}

/** Rows [from, to) as copies; the range is cut to the rows there are. */
export function sliceRows(series: CandleSeries, from: number, to: number): CandleSeries {
  return mapColumns(series, (column) => column.slice(from, to) as typeof column);
}

/** The given rows, in the given order (ascending, or the result is no series). */
export function takeRows(series: CandleSeries, rows: Int32Array): CandleSeries {
  return mapColumns(series, (column) => {
    const taken = column instanceof Uint8Array ? new Uint8Array(rows.length) : new Float64Array(rows.length);
    for (let i = 0; i < rows.length; i++) taken[i] = column[rows[i]!]!;
    return taken as typeof column;
  });
}

/** What of a series existed at `t`: the rows with knownAt ≤ t. */
export function knownBy(series: CandleSeries, t: EpochMs): CandleSeries {
  const rows: number[] = [];
  for (let i = 0; i < series.knownAt.length; i++) if (series.knownAt[i]! <= t) rows.push(i);
  const isPrefix = rows.length === 0 || rows[rows.length - 1] === rows.length - 1;
  return isPrefix ? sliceRows(series, 0, rows.length) : takeRows(series, Int32Array.from(rows));
}
