import { rowsOf, type CandleSeries } from "../../candles/candle-series.ts";
import type { GapLedger } from "../../candles/gap-ledger.ts";
import { quantileSorted, sortedFinite } from "../../math/quantiles.ts";

/** Candles of one column of a picture: nothing that a price reached is lost. */
export interface ThinColumn {
  /** Open time of its first candle. */
  readonly from: number;
  /** Close time of its last candle. */
  readonly to: number;
  readonly low: number;
  readonly high: number;
  readonly close: number;
  /** Whether a line to it would be drawn through missing bars or a long closure. */
  readonly apart: boolean;
}

/** Lowest low and highest high of each of at most `columns` equal stretches of time; empty stretches are left out. */
export function thinCandles(series: CandleSeries, { slot }: GapLedger, columns: number): ThinColumn[] {
  const N = rowsOf(series);
  if (N === 0) return [];
  const first = series.openTime[0]!;
  const width = Math.max(1, series.closeTime[N - 1]! - first) / columns;
  const columnOf = (row: number): number => Math.floor((series.openTime[row]! - first) / width);
  const thinned: ThinColumn[] = [];
  for (let row = 0; row < N;) {
    const begin = row;
    let [low, high] = [Infinity, -Infinity];
    for (; row < N && columnOf(row) === columnOf(begin); row++) {
      low = Math.min(low, series.low[row]!);
      high = Math.max(high, series.high[row]!);
    }
    thinned.push({
      from: series.openTime[begin]!,
      to: series.closeTime[row - 1]!,
      low,
      high,
      close: series.close[row - 1]!,
      apart: begin > 0 && slot[begin]! > slot[begin - 1]! + 1,
    });
  }
  return withClosures(thinned);
}

const LONG = 5; // usual steps from column to column

function withClosures(columns: readonly ThinColumn[]): ThinColumn[] {
  const steps = sortedFinite(columns.slice(1).map(({ from }, i) => from - columns[i]!.from));
  const usual = quantileSorted(steps, 0.5);
  return columns.map((column, i) =>
    i > 0 && column.from - columns[i - 1]!.from > LONG * usual ? { ...column, apart: true } : column,
  );
}
