import type { Calendar, Session } from "./calendar.ts";
import { civilDate, dayOfInstant, weekdayOf, type EpochDay } from "./civil.ts";
import { fixedWidth, parseTimeframe, type Timeframe } from "./timeframe.ts";
import { DAY, type DurationMs, type EpochMs } from "./units.ts";
import { offsetAt } from "./zone.ts";

/** Every bar that a calendar expects, G of them, ascending. */
export interface BarGrid {
  readonly timeframe: Timeframe;
  readonly open: Float64Array; // [G]
  readonly close: Float64Array; // [G]
  /** Number of the session in which the bar opens, 0 for that of the first bar, +1 for each session after it. */
  readonly session: Int32Array; // [G]
}

/** Longest time between the open of a bar and its last session: a month and room for closures. */
const REACH = 40 * DAY;

/**
 * All expected bars whose open lies in [from, to). Intraday bars are cut at multiples of their width from
 * `cutFrom(session)` and end with the session; `1d` is the session; `1w` and `1mo` run from the open of the first
 * session to the close of the last one in an ISO week or month on the market's clock.
 */
export function barGrid(calendar: Calendar, timeframe: Timeframe, from: EpochMs, to: EpochMs): BarGrid {
  const width = fixedWidth(timeframe);
  const name = parseTimeframe(timeframe).name;
  if (!(from < to))
    return {
      timeframe: name,
      open: new Float64Array(),
      close: new Float64Array(),
      session: new Int32Array(),
    };
  return width === null
    ? sessionGrid(calendar, name, from, to)
    : intradayGrid(calendar, name, width, from, to);
}

function intradayGrid(
  calendar: Calendar,
  timeframe: Timeframe,
  width: DurationMs,
  from: EpochMs,
  to: EpochMs,
): BarGrid {
  // The first bar of a session may open before the session does, so look a width further.
  const sessions = calendar.sessions(from, to + width);
  const room = sessions.reduce((sum, s) => sum + Math.ceil((s.close - s.open) / width) + 1, 0);
  const [open, close, session] = [new Float64Array(room), new Float64Array(room), new Int32Array(room)];
  let n = 0;
  let firstSession = -1;
  for (let k = 0; k < sessions.length; k++) {
    const s = sessions[k]!;
    const cut = calendar.cutFrom(s);
    const start = cut + Math.floor((Math.max(s.open, from - width) - cut) / width) * width;
    for (let t = start; t < s.close && t < to; t += width) {
      if (t < from) continue;
      if (firstSession < 0) firstSession = k;
      open[n] = t;
      close[n] = Math.min(t + width, s.close);
      session[n++] = k - firstSession;
    }
  }
  return { timeframe, open: open.slice(0, n), close: close.slice(0, n), session: session.slice(0, n) };
}

/** A number that is equal for the dates of one 1d, 1w or 1mo bar and grows with time. */
export function periodOf(timeframe: Timeframe, day: EpochDay): number {
  if (timeframe === "1d") return day;
  if (timeframe === "1w") return day - weekdayOf(day);
  const { year, month } = civilDate(day);
  return year * 12 + month;
}

/** The date of a session on the market's clock. */
function dayOfSession(calendar: Calendar, session: Session): EpochDay {
  return dayOfInstant(session.open, offsetAt(calendar.zone, session.open));
}

function sessionGrid(calendar: Calendar, timeframe: Timeframe, from: EpochMs, to: EpochMs): BarGrid {
  const reach = timeframe === "1d" ? DAY : REACH;
  const sessions = calendar.sessions(from - reach, to + reach);
  const [open, close, session]: number[][] = [[], [], []];
  let firstSession = -1;
  for (let k = 0; k < sessions.length;) {
    const number = periodOf(timeframe, dayOfSession(calendar, sessions[k]!));
    let last = k;
    while (
      last + 1 < sessions.length &&
      periodOf(timeframe, dayOfSession(calendar, sessions[last + 1]!)) === number
    )
      last++;
    const opens = sessions[k]!.open;
    if (opens >= from && opens < to) {
      if (firstSession < 0) firstSession = k;
      open!.push(opens);
      close!.push(sessions[last]!.close);
      session!.push(k - firstSession);
    }
    k = last + 1;
  }
  return {
    timeframe,
    open: Float64Array.from(open!),
    close: Float64Array.from(close!),
    session: Int32Array.from(session!),
  };
}
