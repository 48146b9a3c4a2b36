import type { CandlesByTimeframe, CandleSeries } from "../../../candles/candle-series.ts";
import { rowsOf } from "../../../candles/candle-series.ts";
import { sliceRows } from "../../../candles/slice.ts";
import type { EpochMs } from "../../../time/units.ts";
import { fineToCoarse } from "./instants.ts";
import type { WarmUp } from "./report.ts";

/** Rows at which shorter histories begin, between a fifth and three fifths of all, where a bar of every timeframe opens. */
export function startsOf(candles: CandlesByTimeframe, count: number): readonly number[] {
  const series = fineToCoarse(candles);
  const base = series[0]!;
  const rows = rowsOf(base);
  const opens = series.slice(1).map(({ openTime }) => new Set(openTime));
  const isOpen = (row: number): boolean => opens.every((times) => times.has(base.openTime[row]!));
  const starts = new Set<number>();
  for (let i = 0; i < count; i++) {
    const wanted = Math.floor(rows * (0.2 + (0.4 * i) / Math.max(1, count - 1)));
    const aligned = [...base.openTime.keys()].slice(wanted, Math.floor(rows * 0.8)).find(isOpen);
    if (wanted > 0) starts.add(aligned ?? wanted);
  }
  return [...starts];
}

/** Candles as if history began at `from`: the bars that open at or after it. */
export function startedAt(candles: CandlesByTimeframe, from: EpochMs): CandlesByTimeframe {
  const cut = (series: CandleSeries): CandleSeries => {
    const first = series.openTime.findIndex((open) => open >= from);
    return sliceRows(series, first < 0 ? rowsOf(series) : first, rowsOf(series));
  };
  return Object.fromEntries(Object.entries(candles).map(([name, series]) => [name, cut(series)]));
}

/** How one column did from one start. */
interface Settling {
  readonly first: number | null;
  /** Bars until it agrees for good, at 1e-3, 1e-6, 1e-9 and bit for bit. */
  readonly settled: readonly (number | null)[];
  /** Whether the last tenth is off by a hundredth at most of what the first tenth is. */
  readonly fading: boolean;
  readonly bars: number;
}

const TOLERANCES = [1e-3, 1e-6, 1e-9, 0];

/**
 * A column of a history that begins at row `start`, held against that of all history. Differences are in proportion to
 * the value, or to the column's median size where the value is smaller: else a column that crosses zero never settles.
 * @param whole [N] @param started [N − start]
 */
export function settling(whole: Float64Array, started: Float64Array, start: number): Settling {
  const size = medianSize(whole);
  const bars = started.length;
  const settled = TOLERANCES.map(() => 0);
  let first: number | null = null;
  let [early, late] = [0, 0];
  for (let i = 0; i < bars; i++) {
    const [a, b] = [whole[start + i]!, started[i]!];
    if (first === null && !Number.isNaN(b)) first = i;
    if (Object.is(a, b)) continue;
    const off = Math.abs(a - b) / Math.max(Math.abs(a), size);
    if (first !== null && i < first + 0.1 * bars) early = Math.max(early, off);
    if (i >= 0.9 * bars) late = Math.max(late, off);
    for (const [k, tolerance] of TOLERANCES.entries()) if (!(off <= tolerance)) settled[k] = i + 1;
  }
  // What agrees on the last tenth alone may do so by chance.
  const found = settled.map((rows) => (rows > 0.9 * bars ? null : rows));
  return { first, bars, settled: found, fading: late <= 0.01 * early };
}

function medianSize(values: Float64Array): number {
  const sizes = values
    .filter((value) => Number.isFinite(value))
    .map(Math.abs)
    .sort();
  return sizes[sizes.length >> 1] || Number.MIN_VALUE;
}

/** The worst over all starts. */
export function warmUpOf(all: readonly Settling[]): WarmUp | null {
  if (all.length === 0) return null;
  const worst = (values: readonly (number | null)[]): number | null =>
    values.some((value) => value === null) ? null : Math.max(...(values as readonly number[]));
  const [to1e3, to1e6, to1e9, exact] = TOLERANCES.map((_, k) => worst(all.map(({ settled }) => settled[k]!)));
  const first = worst(all.map((one) => one.first));
  const fading = all.every((one) => one.fading || one.settled[2] !== null);
  const dependsOnStart =
    exact !== null && first !== null && exact! <= first
      ? "no"
      : to1e9 !== null || fading
        ? "fades"
        : "for ever";
  const bars = Math.min(...all.map((one) => one.bars));
  return { first, to1e3: to1e3!, to1e6: to1e6!, to1e9: to1e9!, dependsOnStart, starts: all.length, bars };
}
