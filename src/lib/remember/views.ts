import { rowsOf, type CandleSeries, type SeriesKey } from "../candles/candle-series.ts";
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
  /** For features, encoder and forecast: knownAt of late facts set back to their bar's close plus the lag. */
  readonly series: CandleSeries;
  /** For labels: the same rows with the knownAt of every fact as it was. */
  readonly facts: CandleSeries;
  /** [N] 1 where the row arrived on time, within this view: only such a row is an anchor. */
  readonly isAnchor: Uint8Array;
}

/**
 * The views of a series, oldest first; one view when nothing ever came late. Each view reads the store as of its own
 * end, so nothing later can reach it.
 */
export function* views(store: CandleStore, key: SeriesKey): Generator<View> {
  const late = store.corrections(key);
  for (let i = 0; i <= late.length; i++) {
    const from = i === 0 ? -Infinity : late[i - 1]!;
    const to = i === late.length ? Infinity : late[i]!;
    const facts = store.read(key, to === Infinity ? {} : { asOf: to - 1 });
    yield viewOf(facts, late, from, to);
  }
}

/** The view in which `at` lies; it reaches to the view's end. The series as it was known then: `seriesAsOf`. */
export function viewAt(store: CandleStore, key: SeriesKey, at: EpochMs): View {
  const late = store.corrections(key);
  const from = late.filter((t) => t <= at).at(-1) ?? -Infinity;
  const to = late.find((t) => t > at) ?? Infinity;
  return viewOf(store.read(key, to === Infinity ? {} : { asOf: to - 1 }), late, from, to);
}

/** A series as it was known at `at`: nothing that became known later is in it, nor any later row. */
export function seriesAsOf(store: CandleStore, key: SeriesKey, at: EpochMs): CandleSeries {
  return knownBy(viewAt(store, key, at).series, at);
}

/** When the newest bar of a view that came on time was known; -Infinity where there is none. */
export function newestOnTime({ series, facts }: View): EpochMs {
  const row = facts.knownAt.findLastIndex((known, i) => known === series.knownAt[i]);
  return row < 0 ? -Infinity : facts.knownAt[row]!;
}

function viewOf(facts: CandleSeries, late: Float64Array, from: EpochMs, to: EpochMs): View {
  const rows = rowsOf(facts);
  const lateInstants = new Set(late);
  const isAnchor = new Uint8Array(rows);
  const knownAt = facts.knownAt.slice();
  const first = knownAt.findIndex((known) => !lateInstants.has(known));
  let lag = first < 0 ? 0 : knownAt[first]! - facts.closeTime[first]!; // for late rows before all others
  let anyLate = false;
  for (let row = 0; row < rows; row++) {
    const known = knownAt[row]!;
    // A bar that was known right when its neighbours' lag says so came on time, even at the instant of an ingest.
    if (lateInstants.has(known) && known !== facts.closeTime[row]! + lag) {
      knownAt[row] = facts.closeTime[row]! + lag;
      anyLate = true;
    } else {
      lag = known - facts.closeTime[row]!;
      isAnchor[row] = known >= from && known < to ? 1 : 0;
    }
  }
  return { from, to, facts, series: anyLate ? { ...facts, knownAt } : facts, isAnchor };
}
