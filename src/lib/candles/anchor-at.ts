import { RhymeError } from "../errors.ts";
import { countUpTo } from "../math/count-up-to.ts";
import { barGrid } from "../time/grid.ts";
import { DAY, iso, type EpochMs } from "../time/units.ts";
import { rowsOf, type CandleSeries } from "./candle-series.ts";

const MISSING_ALLOWED = 1;

/**
 * Row of the newest candle known at or before `at`. Throws RhymeError when there is none, or when more than one
 * expected bar between it and `at` is missing: an answer from before a hole would pass for one from after it.
 */
export function anchorAt(candles: CandleSeries, at: EpochMs): number {
  const row = countUpTo(candles.knownAt, at) - 1;
  const first = candles.knownAt[0];
  if (row < 0)
    throw new RhymeError("time", {
      place: `--at ${iso(at)}`,
      expected: first === undefined ? "a series with candles" : `an instant from ${iso(first)} on`,
      received: "an instant before the first candle was known",
      remedy: "Ask for a later instant, or remember earlier history.",
    });
  const missing = closesBetween(candles, candles.closeTime[row]!, at);
  if (missing > MISSING_ALLOWED) {
    const next = candles.openTime[row + 1];
    throw new RhymeError("time", {
      place: `--at ${iso(at)}`,
      expected: `at most ${MISSING_ALLOWED} missing ${candles.timeframe} bar before it`,
      received: `${missing} bars missing since ${iso(candles.closeTime[row]!)}`,
      remedy:
        next === undefined
          ? `The series of ${candles.symbol} ends there: remember newer candles, or ask at or before ${iso(candles.knownAt[row]!)}.`
          : `The hole ends at ${iso(next)}: ask before it or after it, or remember the missing candles.`,
    });
  }
  return row;
}

/** Expected bars that close in (after, at]; stops counting soon after the answer is settled. */
function closesBetween(candles: CandleSeries, after: EpochMs, at: EpochMs): number {
  if (rowsOf(candles) === 0 || at <= after) return 0;
  const until = Math.min(at, after + 40 * DAY);
  const { close } = barGrid(candles.calendar, candles.timeframe, after - 8 * DAY, until + 1);
  let count = 0;
  for (const end of close) if (end > after && end <= at) count++;
  return count;
}
