import { countWhile } from "../math/count-up-to.ts";
import { barGrid, cutGrid, type BarGrid } from "../time/grid.ts";
import type { EpochMs } from "../time/units.ts";
import { eachBlock } from "./blocks.ts";
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

/**
 * The gap ledger of a series. One pass.
 * @param around bars of the calendar that go at least as far as the series, where somebody has them already
 */
export function gapLedger(series: CandleSeries, around: BarGrid | null = null): GapLedger {
  const { openTime } = series;
  const N = openTime.length;
  const grid = gridOf(series, around);
  const { open } = grid;
  const G = open.length;
  const slot = new Int32Array(N);
  const known = new Uint8Array(G);
  eachBlock(N, (from, to) => {
    let g = from === 0 ? 0 : slot[from - 1]! + 1;
    for (let i = from; i < to; i++) {
      const t = openTime[i]!;
      while (g < G && open[g]! < t) g++;
      if (g === G || open[g]! !== t) throw new Error(`row ${i} is not on the ${series.timeframe} grid`);
      slot[i] = g;
      known[g++] = 1;
    }
  });
  return { grid, slot, known };
}

function gridOf({ calendar, timeframe, openTime }: CandleSeries, around: BarGrid | null): BarGrid {
  const N = openTime.length;
  if (N === 0) return barGrid(calendar, timeframe, 0, 0);
  const [first, last] = [openTime[0]!, openTime[N - 1]!];
  if (around === null) return barGrid(calendar, timeframe, first, last + 1);
  const barsBefore = (t: EpochMs): number => countWhile(around.open.length, (g) => around.open[g]! < t);
  return cutGrid(around, barsBefore(first), barsBefore(last + 1));
}

/** The runs of missing bars, ascending. */
export function* holesOf(ledger: GapLedger): Generator<Hole> {
  const { grid, known } = ledger;
  for (let from = known.indexOf(0); from >= 0;) {
    const end = known.indexOf(1, from);
    const to = end < 0 ? known.length : end;
    yield { from, to, firstOpen: grid.open[from]!, lastClose: grid.close[to - 1]!, bars: to - from };
    from = known.indexOf(0, to);
  }
}
