import { barGrid, type BarGrid } from "../time/grid.ts";
import type { EpochMs } from "../time/units.ts";
import type { CandleSeries } from "./candle-series.ts";

/**
 * Every bar that the calendar expects between the first and the last row, and which of them are known. What is no
 * bar of the grid is closed market.
 */
export interface GapLedger {
  readonly grid: BarGrid; // [G]
  /** Grid index of each row. */
  readonly slot: Int32Array; // [N]
  /** 1 known, 0 missing. */
  readonly known: Uint8Array; // [G]
}

/** A run of missing bars: grid indices [from, to). */
export interface Hole {
  readonly from: number;
  readonly to: number;
  readonly firstOpen: EpochMs;
  readonly lastClose: EpochMs;
  readonly bars: number;
}

/** The gap ledger of a series. One pass. */
export function gapLedger(series: CandleSeries): GapLedger {
  const N = series.openTime.length;
  const first = N > 0 ? series.openTime[0]! : 0;
  const grid = barGrid(series.calendar, series.timeframe, first, N > 0 ? series.openTime[N - 1]! + 1 : 0);
  const slot = new Int32Array(N);
  const known = new Uint8Array(grid.open.length);
  for (let i = 0, g = 0; i < N; i++) {
    while (g < grid.open.length && grid.open[g]! < series.openTime[i]!) g++;
    if (grid.open[g] !== series.openTime[i]!)
      throw new Error(`row ${i} is not on the ${series.timeframe} grid`);
    slot[i] = g;
    known[g] = 1;
  }
  return { grid, slot, known };
}

/** The runs of missing bars, ascending. */
export function* holesOf(ledger: GapLedger): Generator<Hole> {
  const { grid, known } = ledger;
  for (let g = 0; g < known.length; g++) {
    if (known[g] === 1) continue;
    const from = g;
    while (g < known.length && known[g] === 0) g++;
    yield { from, to: g, firstOpen: grid.open[from]!, lastClose: grid.close[g - 1]!, bars: g - from };
  }
}
