import type { Calendar } from "../time/calendar.ts";
import { barGrid } from "../time/grid.ts";
import { nominalWidth, type Timeframe } from "../time/timeframe.ts";
import { DAY, HOUR, type DurationMs } from "../time/units.ts";
import { isAscending } from "./is-ascending.ts";
import { barsOf, StepEvidence } from "./step-evidence.ts";

/** Rows of a file that lie a longer bar apart each, so that they are no bars of the series. */
export interface CoarseStretch {
  /** Row numbers in order of time; two at least. */
  readonly rows: Int32Array;
  /** The commonest step between them that is a timeframe. */
  readonly step: Timeframe;
}

export interface Cadence {
  readonly timeframe: Timeframe;
  readonly calendar: Calendar;
}

/**
 * The stretches of a file whose rows are coarser than its timeframe, in order of time. Vendors put years of daily rows
 * before the hourly ones; taken for an hour, such a row would be known most of a day too early. In a stretch equal
 * longer steps become so many that missing bars cannot explain them; it ends with two steps in a row as fine as the
 * timeframe (one is a short first day of the week), or when other steps have used its evidence up. Holes, nights, weekends and thin trading have no step of their
 * own, and pass.
 *
 * Only stamps tell, never a price. For one timeframe a row in a stretch stays in it whatever comes later: later rows
 * can only extend the last stretch, or show that it began among the rows since the last two fine steps. So the first
 * fine row behind a stretch goes with it: at its time nothing tells it from the others.
 * @param stamp epoch ms of one file in the order of its rows; newest first is an order too [R]
 */
export function coarseStretches(stamp: Float64Array, cadence: Cadence): CoarseStretch[] {
  const fine = longestStep(cadence.timeframe);
  const order = isAscending(stamp) ? null : rowsInTime(stamp);
  const time = order ? Float64Array.from(order, (row) => stamp[row]!) : stamp;
  const found: CoarseStretch[] = [];
  for (let from = 0; from < time.length;) {
    from = afterFineSteps(time, from, fine);
    const end = endOfRun(time, from, fine);
    const run = end - from > 2 ? judgeRun(time, from, end, cadence) : null;
    if (run) found.push({ rows: rowsBetween(order, run.first, run.end), step: run.step });
    from = run ? run.end : end;
  }
  return found;
}

/** No step between neighbouring bars within a session is longer. */
function longestStep(timeframe: Timeframe): DurationMs {
  const width = nominalWidth(timeframe);
  return width < DAY ? width : width + (timeframe === "1mo" ? DAY + HOUR : HOUR);
}

/**
 * Row numbers from old to new: the order of the file, turned round where most steps go back, so that two files in one
 * stay apart; by time where the rows are shuffled.
 */
function rowsInTime(stamp: Float64Array): Int32Array {
  const rows = Int32Array.from(stamp, (_, i) => i);
  let [up, down] = [0, 0];
  for (let i = 1; i < stamp.length; i++) {
    if (stamp[i]! > stamp[i - 1]!) up++;
    else if (stamp[i]! < stamp[i - 1]!) down++;
  }
  if (Math.min(up, down) > SHUFFLED * (up + down)) return rows.sort((a, b) => stamp[a]! - stamp[b]! || a - b);
  return down > up ? rows.reverse() : rows;
}

/** From this share of steps against the order of the others on, the rows of a file have no order. */
const SHUFFLED = 0.05;

function rowsBetween(order: Int32Array | null, from: number, end: number): Int32Array {
  return order ? order.slice(from, end) : Int32Array.from({ length: end - from }, (_, i) => from + i);
}

/** The row behind the last one of a run from row `from` on, which ends where time runs back or two fine steps begin. */
function endOfRun(time: Float64Array, from: number, fine: DurationMs): number {
  const isLong = (row: number): boolean => {
    const step = time[row]! - time[row - 1]!;
    return step === 0 || step > fine; // the same time twice is no step
  };
  let end = from + 1;
  while (end < time.length && time[end]! >= time[end - 1]!) {
    if (!isLong(end) && !(end + 1 < time.length && isLong(end + 1))) break;
    end++;
  }
  return end;
}

/** How many rows one call looks through, so that its code is made once and not anew for every file. */
const STRETCH = 4096;

/** The last row that is reached from row `from` by steps up to `fine`, or one on the way there. */
function afterFineSteps(time: Float64Array, from: number, fine: DurationMs): number {
  const end = Math.min(from + STRETCH, time.length - 1);
  let i = from;
  for (; i < end; i++) {
    const step = time[i + 1]! - time[i]!;
    if (step === 0 || step > fine) break;
  }
  return i;
}

/** The rows [first, end) of a run that are coarse, and their commonest step. */
interface CoarseRun {
  readonly first: number;
  readonly end: number;
  readonly step: Timeframe;
}

/** The first that is coarse of the run [from, end); null where chance explains it. */
function judgeRun(time: Float64Array, from: number, end: number, cadence: Cadence): CoarseRun | null {
  const { timeframe, calendar } = cadence;
  // No calendar has more bars in a step than fit into it, and to ask it takes long: only what could be coarse is asked.
  const most = (row: number): number => 1 + (time[row + 1]! - time[row]!) / nominalWidth(timeframe);
  const expected = (row: number): number =>
    barGrid(calendar, timeframe, time[row]!, time[row + 1]!).open.length;
  const fine = longestStep(timeframe);
  return weigh(time, from, end, fine, most) && weigh(time, from, end, fine, expected);
}

/** @param bars how many bars of the series begin in the step that begins with a row */
function weigh(
  time: Float64Array,
  from: number,
  end: number,
  fine: DurationMs,
  bars: (row: number) => number,
): CoarseRun | null {
  const startsFile = from <= 1; // a short first day may come before
  const evidence = new StepEvidence(startsFile);
  let first = -1;
  let row = from;
  for (; row + 1 < end; row++) {
    const length = time[row + 1]! - time[row]!;
    if (length > fine) evidence.take(length, row, bars);
    else if (length > 0) evidence.takeFine();
    if (evidence.coarse !== null && first < 0)
      first = startsFile ? 0 : backToFine(time, from, evidence.first, fine);
    if (evidence.coarse === null && first >= 0) break;
  }
  return first < 0 ? null : { first, end: row + 1, step: commonestStep(time, first, row + 1)! };
}

/** The first of the rows that reach row `row` by longer steps than `fine`: a hole may part it from the equal ones. */
function backToFine(time: Float64Array, from: number, row: number, fine: DurationMs): number {
  let first = row;
  while (first > from && (time[first]! - time[first - 1]! > fine || time[first] === time[first - 1])) first--;
  return first;
}

function commonestStep(time: Float64Array, from: number, end: number): Timeframe | null {
  const counts = new Map<Timeframe, number>();
  for (let i = from + 1; i < end; i++) {
    const step = barsOf(time[i]! - time[i - 1]!);
    if (step !== null) counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? null;
}
