import { rowsOf, type CandleSeries } from "../../candles/candle-series.ts";
import type { Finding } from "../../candles/finding.ts";
import type { RawCandles } from "../../candles/raw-candles.ts";
import { countWhile } from "../../math/count-up-to.ts";
import type { EpochMs } from "../../time/units.ts";
import type { CheckedSeries } from "./check-page-input.ts";
import type { CheckRows } from "./check-rows.ts";

/** One candle of a small picture. */
export interface WindowBar {
  readonly time: EpochMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** `own`: what the finding is about; `stands`: what stands in its place; `around`: sound; `unsound`: another finding. */
  readonly mark: "own" | "stands" | "around" | "unsound";
}

/** Candles around a finding, oldest first or as the file has them. */
export interface BarWindow {
  readonly bars: readonly WindowBar[];
  /** Something without candles, before bar `at`: missing bars, the rest of a long run, a line that is no candle. */
  readonly gap: { readonly at: number; readonly bars: number; readonly says: string } | null;
}

const AROUND = 12; // candles on either side
const LONGEST_RUN = 16; // own candles drawn of a run; the rest is a gap that says how many

/** What to draw of a finding; null where it has no place among candles. */
export function barWindow(finding: Finding, checked: CheckedSeries, rows: CheckRows): BarWindow | null {
  const window =
    finding.kind === "missing-bars"
      ? aroundHole(finding, checked.series)
      : finding.line === null
        ? aroundTime(finding, checked.series)
        : aroundRows(finding, checked, rows);
  return window && window.bars.length > 0 ? window : null;
}

function aroundHole({ time, count }: Finding, series: CandleSeries): BarWindow | null {
  if (time === null) return null;
  const at = countWhile(rowsOf(series), (row) => series.openTime[row]! < time);
  const bars = seriesBars(series, at - AROUND, at + AROUND, () => "around");
  const says = count === 1 ? "1 bar missing" : `${count.toLocaleString("en-GB")} bars missing`;
  return { bars, gap: { at: Math.min(AROUND, at), bars: count, says } };
}

/** A finding that names no line: the candles as they stand, `count` of them from its time on marked. */
function aroundTime({ time, count }: Finding, series: CandleSeries): BarWindow | null {
  if (time === null) return null;
  const at = countWhile(rowsOf(series), (row) => series.openTime[row]! < time);
  const own = series.openTime[at] === time ? Math.min(count, LONGEST_RUN) : 0;
  const mark = (row: number): WindowBar["mark"] => (row >= at && row < at + own ? "own" : "around");
  return { bars: seriesBars(series, at - AROUND, at + own + AROUND, mark), gap: null };
}

/** The lines of a file around those of the finding, and what stands in their place where something does. */
function aroundRows(finding: Finding, { raw, series }: CheckedSeries, rows: CheckRows): BarWindow | null {
  const own = rows.rowsOf(finding);
  const home = Math.min(own.from, raw.line.length - 1);
  if (home < 0) return null;
  const file = rows.fileOf(own.to > own.from ? own.from : Math.max(0, Math.min(home, own.from - 1)));
  const shown = Math.min(own.to, own.from + LONGEST_RUN);
  const before = range(Math.max(file.from, own.from - AROUND), own.from);
  const after = range(own.to, Math.min(file.to, own.to + AROUND));
  const around = (row: number): WindowBar => rawBar(raw, row, rows.unsound[row] ? "unsound" : "around");
  const bars = before.map(around);
  for (const row of range(own.from, shown)) {
    bars.push(rawBar(raw, row, "own"));
    const stands = standing(finding, raw.stamp[row]!, series);
    if (stands) bars.push(stands);
  }
  const left = own.to - shown;
  const says = left > 0 ? `${left.toLocaleString("en-GB")} more` : own.to === own.from ? "unreadable" : null;
  const gap = says === null ? null : { at: bars.length, bars: Math.max(1, left), says };
  return { bars: [...bars, ...after.map(around)], gap };
}

/** The candle that the series has in place of a row that was repaired or lost against another. */
function standing(finding: Finding, stamp: EpochMs, series: CandleSeries): WindowBar | null {
  const replaced = finding.done === "repaired" || finding.kind === "duplicate-conflicting";
  if (!replaced) return null;
  const at = countWhile(rowsOf(series), (row) => series.openTime[row]! < stamp);
  if (series.openTime[at] === stamp) return seriesBars(series, at, at + 1, () => "stands")[0]!;
  const closes = countWhile(rowsOf(series), (row) => series.closeTime[row]! < stamp);
  return series.closeTime[closes] === stamp
    ? seriesBars(series, closes, closes + 1, () => "stands")[0]!
    : null;
}

function seriesBars(
  series: CandleSeries,
  from: number,
  to: number,
  mark: (row: number) => WindowBar["mark"],
): WindowBar[] {
  const { openTime, open, high, low, close, volume } = series;
  return range(Math.max(0, from), Math.min(rowsOf(series), to)).map((row) => ({
    time: openTime[row]!,
    open: open[row]!,
    high: high[row]!,
    low: low[row]!,
    close: close[row]!,
    volume: volume[row]!,
    mark: mark(row),
  }));
}

function rawBar(raw: RawCandles, row: number, mark: WindowBar["mark"]): WindowBar {
  return {
    time: raw.stamp[row]!,
    open: raw.open[row]!,
    high: raw.high[row]!,
    low: raw.low[row]!,
    close: raw.close[row]!,
    volume: raw.volume[row]!,
    mark,
  };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}
