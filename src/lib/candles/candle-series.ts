import type { Calendar } from "../time/calendar.ts";
import type { Timeframe } from "../time/timeframe.ts";

/** What a candle belongs to. */
export interface SeriesKey {
  /** Who said so: an exchange, a vendor, a file's nickname. */
  readonly source: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
}

/** The key alone of whatever has one. */
export function keyOf({ source, symbol, timeframe }: SeriesKey): SeriesKey {
  return { source, symbol, timeframe };
}

/**
 * Candles of one series as columns, N rows, ascending and unique in `openTime`. Only closed bars.
 * Times are integer epoch ms, prices finite and positive, `volume` finite and not negative
 * (0 where the source has none). A missing bar is an absent row, never a made-up one.
 */
export interface CandleSeries extends SeriesKey {
  readonly calendar: Calendar;
  readonly openTime: Float64Array; // [N]
  readonly closeTime: Float64Array; // [N] from the calendar, not a constant
  /** When the row became known: closeTime plus the source's lag, or the ingest instant of a correction. */
  readonly knownAt: Float64Array; // [N]
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly trades?: Float64Array;
  readonly vwap?: Float64Array;
  /** Ask − bid at the close, in price units: positive, except where quotes were crossed. */
  readonly spread?: Float64Array;
  /** 1 where a resampled bar was built around a hole. */
  readonly partial: Uint8Array;
}

/** One series per timeframe, all of one source and symbol; the coarser ones resampled from the finest. */
export type CandlesByTimeframe = Readonly<Record<Timeframe, CandleSeries>>;

/** Columns that a feature may read. */
export type CandleColumn =
  | "openTime"
  | "closeTime"
  | "knownAt"
  | "open"
  | "high"
  | "low"
  | "close"
  | "volume"
  | "trades"
  | "vwap"
  | "spread"
  | "partial";

/** Number of rows. */
export function rowsOf(series: CandleSeries): number {
  return series.openTime.length;
}
