import type { Calendar, Session } from "../time/calendar.ts";
import { barGrid, type BarGrid } from "../time/grid.ts";
import { fixedWidth, type Timeframe } from "../time/timeframe.ts";
import { tradingDays } from "../time/trading-days.ts";
import type { DurationMs, EpochMs } from "../time/units.ts";

/**
 * Per bar of a coarser grid, how many base bars the calendar expects to close in it; the first bar of the grid takes
 * those that close after it opens. Counted by session: a list of all base bars would be as long as the history.
 * @param grid bars of a coarser timeframe of the same calendar [M]
 * @returns [M]
 */
export function expectedBars(calendar: Calendar, base: Timeframe, grid: BarGrid): Int32Array {
  const M = grid.open.length;
  const counts = new Int32Array(M);
  if (M === 0) return counts;
  // The first bar of a session may open before the session does, and so before the bar that holds it.
  const width = fixedWidth(base);
  const [from, to] = [grid.open[0]! - (width ?? 0), grid.close[M - 1]!];
  const days = width === null ? [] : tradingDays(calendar, from, to);
  // A base bar may span a break within a day; only the grid knows how it is cut then.
  const plain = width !== null && days.every((day) => day.sessions.length === 1);
  if (!plain) return listed(barGrid(calendar, base, from, to), grid, counts);
  let g = 0;
  for (const { sessions } of days) {
    const session = sessions[0]!;
    const closesBy = closesOf(session, calendar.cutFrom(session), width);
    for (let done = closesBy(grid.open[0]!); g < M; g++) {
      const closed = closesBy(grid.close[g]!);
      counts[g]! += closed - done;
      done = closed;
      if (grid.close[g]! >= session.close) break;
    }
  }
  return counts;
}

/** How many bars of a session have closed by an instant. */
function closesOf({ open, close }: Session, cut: EpochMs, width: DurationMs): (t: EpochMs) => number {
  const first = Math.floor((open - cut) / width);
  const all = Math.ceil((close - cut) / width) - first;
  return (t) => (t >= close ? all : Math.max(0, Math.floor((t - cut) / width) - first));
}

/** The same from a list of the base bars. */
function listed(inner: BarGrid, grid: BarGrid, counts: Int32Array): Int32Array {
  const M = grid.open.length;
  for (let i = 0, g = 0; i < inner.open.length; i++) {
    if (inner.close[i]! <= grid.open[0]!) continue;
    while (g < M && grid.close[g]! < inner.close[i]!) g++;
    if (g < M) counts[g]!++;
  }
  return counts;
}
