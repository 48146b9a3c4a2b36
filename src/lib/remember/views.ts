import type { CandleSeries, SeriesKey } from "../candles/candle-series.ts";
import { seriesOfFacts, type CandleFacts } from "../candles/candle-facts.ts";
import type { CandleStore } from "../candles/candle-store.ts";
import { knownBy } from "../candles/slice.ts";
import type { EpochMs } from "../time/units.ts";

/**
 * What was known during [from, to): a stretch of time in which no fact about the past arrived late. Anchors in it
 * are encoded from `series`, in which a correction that had arrived counts as if it had always been so.
 */
export interface View {
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** For features, encoder and forecast: knownAt of late facts set back, in order with the rows around them. */
  readonly series: CandleSeries;
  /** For labels: the same rows with the knownAt of every fact as it was. */
  readonly facts: CandleFacts;
  /** [N] 1 where the row arrived on time, within this view, and none behind it with it: only such is an anchor. */
  readonly isAnchor: Uint8Array;
}

/**
 * The views of a series, oldest first; one view when nothing ever came late. Each view reads the store as of its own
 * end, so nothing later can reach it.
 */
export function* views(
  store: Pick<CandleStore, "corrections" | "readFacts">,
  key: SeriesKey,
): Generator<View> {
  const late = store.corrections(key);
  for (let i = 0; i <= late.length; i++) {
    const from = i === 0 ? -Infinity : late[i - 1]!;
    const to = i === late.length ? Infinity : late[i]!;
    yield viewOf(store.readFacts(key, { asOf: to - 1 }), from, to);
  }
}

/** The view in which `at` lies; it reaches to the view's end. The series as it was known then: `seriesAsOf`. */
export function viewAt(store: CandleStore, key: SeriesKey, at: EpochMs): View {
  const late = store.corrections(key);
  const from = late.filter((t) => t <= at).at(-1) ?? -Infinity;
  const to = late.find((t) => t > at) ?? Infinity;
  return viewOf(store.readFacts(key, { asOf: to - 1 }), from, to);
}

/** A series as it was known at `at`: nothing that became known later is in it, nor any later row. */
export function seriesAsOf(store: CandleStore, key: SeriesKey, at: EpochMs): CandleSeries {
  return knownBy(viewAt(store, key, at).series, at);
}

/** When the newest bar of a view that came on time was known; -Infinity where there is none. */
export function newestOnTime({ facts }: View): EpochMs {
  const row = facts.late.lastIndexOf(0);
  return row < 0 ? -Infinity : facts.knownAt[row]!;
}

function viewOf(facts: CandleFacts, from: EpochMs, to: EpochMs): View {
  const series = seriesOfFacts(facts);
  return {
    ...{ from, to, facts },
    isAnchor: anchorsOf(facts, from, to),
    series: facts.late.includes(1) ? { ...series, knownAt: setBack(facts) } : series,
  };
}

/** Of rows that came on time at one instant only the last is an anchor: a moment is all that was known by then. */
function anchorsOf({ late, knownAt }: CandleFacts, from: EpochMs, to: EpochMs): Uint8Array {
  const isAnchor = new Uint8Array(late.length);
  let behind = NaN; // when the next row that came on time was known
  for (let row = late.length - 1; row >= 0; row--) {
    const known = knownAt[row]!;
    if (late[row] === 1) continue;
    isAnchor[row] = known >= from && known < to && known !== behind ? 1 : 0;
    behind = known;
  }
  return isAnchor;
}

/**
 * When each row would have been known had it come on time: at its close plus the lag of the row before it (none for
 * the first), never later than it was, nor than the row behind it. A row's place in time must not hang on rows that
 * become known later, so the lag is never a later row's. [N]
 */
function setBack({ late, knownAt, closeTime }: CandleFacts): Float64Array {
  const then = knownAt.slice();
  let lag = 0;
  for (let row = 0; row < then.length; row++) {
    if (late[row] === 1) then[row] = Math.min(closeTime[row]! + lag, knownAt[row]!);
    else lag = knownAt[row]! - closeTime[row]!;
  }
  for (let row = then.length - 2; row >= 0; row--)
    if (late[row] === 1 && then[row]! > then[row + 1]!) then[row] = then[row + 1]!;
  return then;
}
