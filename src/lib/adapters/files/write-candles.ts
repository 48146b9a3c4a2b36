import { rename, rm, writeFile } from "node:fs/promises";
import pl from "nodejs-polars";
import type { CandleSeries } from "../../candles/candle-series.ts";
import type { Frame } from "./frame-table.ts";

/**
 * A series as a polars DataFrame: `timestamp` (the open), `close_time` and `known_at` as Datetime in UTC, prices and
 * volume as Float64, trades, vwap and spread where there are any, `partial` as Boolean.
 */
export function candlesToFrame(series: CandleSeries): Frame {
  const time = (name: string, values: Float64Array): pl.Series =>
    pl.Series(name, values).cast(pl.Int64).cast(pl.Datetime("ms", "UTC"));
  const number = (name: string, values: Float64Array): pl.Series => pl.Series(name, values);
  const columns = [
    time("timestamp", series.openTime),
    number("open", series.open),
    number("high", series.high),
    number("low", series.low),
    number("close", series.close),
    number("volume", series.volume),
    ...(series.trades ? [number("trades", series.trades)] : []),
    ...(series.vwap ? [number("vwap", series.vwap)] : []),
    ...(series.spread ? [number("spread", series.spread)] : []),
    time("close_time", series.closeTime),
    time("known_at", series.knownAt),
    pl.Series(
      "partial",
      Array.from(series.partial, (p) => p === 1),
    ),
  ];
  return pl.DataFrame(columns);
}

/** Writes a series to a Parquet file, whole or not at all. */
export async function writeParquet(path: string, series: CandleSeries, signal?: AbortSignal): Promise<void> {
  const part = `${path}.part`;
  try {
    const bytes = candlesToFrame(series).writeParquet();
    await writeFile(part, bytes, signal ? { signal } : {});
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
