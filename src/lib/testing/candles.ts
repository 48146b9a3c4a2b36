import type { CandleSeries } from "../candles/candle-series.ts";
import { makeSeries } from "../candles/make-series.ts";
import { createRng } from "../math/rng.ts";
import type { Calendar } from "../time/calendar.ts";
import { calendar24x7 } from "../time/calendar-24x7.ts";
import { barGrid, type BarGrid } from "../time/grid.ts";
import { fixedWidth, parseTimeframe, type Timeframe } from "../time/timeframe.ts";
import { DAY, type DurationMs, type EpochMs } from "../time/units.ts";

export interface SyntheticCandles {
  readonly seed: number;
  /** Known rows; the grid is longer where there are gaps. */
  readonly rows: number;
  readonly timeframe?: Timeframe;
  readonly calendar?: Calendar;
  readonly start?: EpochMs;
  /** Share of expected bars that are missing, in single bars and short runs. */
  readonly gapShare?: number;
  readonly symbol?: string;
  readonly source?: string;
  readonly lagMs?: DurationMs;
}

/**
 * A seeded random walk with volatility that clusters, on the grid of a calendar: whole volumes, opens apart from the
 * previous close, prices rounded to 0.01. Rows [0, n) do not depend on how many rows are asked for.
 */
export function syntheticCandles(options: SyntheticCandles): CandleSeries {
  const { seed, rows, timeframe = "5m", calendar = calendar24x7, gapShare = 0 } = options;
  const start = options.start ?? Date.UTC(2021, 0, 4);
  const rng = createRng(seed);
  const grid = gridWithRoom(calendar, timeframe, start, Math.ceil((rows / (1 - gapShare)) * 1.2) + 50);
  const columns = Array.from({ length: 6 }, () => new Float64Array(rows));
  const [openTime, open, high, low, close, volume] = columns as [Float64Array, ...Float64Array[]];
  let [price, logVol, hole] = [100, 0, 0];
  for (let g = 0, i = 0; i < rows; g++) {
    if (g >= grid.open.length) throw new Error("the synthetic grid is too short");
    logVol = 0.95 * logVol + 0.2 * rng.normal();
    const sigma = 0.002 * Math.exp(logVol);
    const opens = cents(price * Math.exp(0.2 * sigma * rng.normal()));
    const closes = cents(opens * Math.exp(sigma * rng.normal()));
    const above = cents(Math.max(opens, closes) * (1 + sigma * Math.abs(rng.normal())));
    const below = cents(Math.min(opens, closes) * (1 - 0.5 * sigma * rng.next()));
    const traded = Math.floor(1000 * Math.exp(0.5 * logVol + 0.3 * rng.normal()));
    const chance = rng.next();
    price = closes < 1 || closes > 1e6 ? 100 : closes;
    if (hole > 0) hole--;
    else if (chance < gapShare / 2) hole = rng.int(3);
    else {
      [openTime[i], open![i], high![i], low![i], close![i], volume![i]] = [
        grid.open[g]!,
        opens,
        above,
        below,
        closes,
        traded,
      ];
      i++;
    }
  }
  return asSeries(options, columns);
}

function asSeries(options: SyntheticCandles, columns: readonly Float64Array[]): CandleSeries {
  const [openTime, open, high, low, close, volume] = columns;
  const { timeframe = "5m", calendar = calendar24x7 } = options;
  return makeSeries({
    source: options.source ?? "synthetic",
    symbol: options.symbol ?? "TEST",
    timeframe,
    calendar,
    openTime: openTime!,
    open: open!,
    high: high!,
    low: low!,
    close: close!,
    volume: volume!,
    ...(options.lagMs === undefined ? {} : { lagMs: options.lagMs }),
  });
}

function cents(value: number): number {
  return Math.max(0.01, Math.round(value * 100) / 100);
}

/** At least `room` bars from `start` on. */
function gridWithRoom(calendar: Calendar, timeframe: Timeframe, start: EpochMs, room: number): BarGrid {
  const { unit } = parseTimeframe(timeframe);
  const width = fixedWidth(timeframe) ?? (unit === "d" ? 1 : unit === "w" ? 7 : 31) * DAY;
  for (let span = room * width + 7 * DAY; ; span *= 2) {
    const grid = barGrid(calendar, timeframe, start, start + span);
    if (grid.open.length >= room) return grid;
  }
}
