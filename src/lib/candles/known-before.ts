import type { EpochMs } from "../time/units.ts";
import type { CandleStore, StoredSeries } from "./candle-store.ts";

/**
 * A candle store as it was before an instant: facts known then or later do not exist in it, whatever is asked of it,
 * nor does a series of which nothing was known. It only reads.
 * @param end not included; Infinity for all of it
 */
export function knownBefore(store: CandleStore, end: EpochMs): CandleStore {
  return {
    list: () => store.list().flatMap((series) => summaryBefore(store, series, end)),
    corrections: (key) => store.corrections(key).filter((t) => t < end),
    read: (key, range) => store.read(key, { ...range, asOf: Math.min(range.asOf, end - 1) }),
    readFacts: (key, range) => store.readFacts(key, { ...range, asOf: Math.min(range.asOf, end - 1) }),
    write: () => {
      throw new TypeError("a store as it was before an instant is only read");
    },
  };
}

function summaryBefore(store: CandleStore, series: StoredSeries, end: EpochMs): StoredSeries[] {
  const { openTime } = store.read(series, { asOf: end - 1 });
  const rows = openTime.length;
  return rows === 0 ? [] : [{ ...series, rows, first: openTime[0]!, last: openTime[rows - 1]! }];
}
