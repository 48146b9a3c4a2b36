import type { CandleStore } from "../../candles/candle-store.ts";
import type { EpochMs } from "../../time/units.ts";

/**
 * A candle store as it was before an instant: facts known then or later do not exist in it. It only reads.
 * @param end not included; Infinity for all of it
 */
export function knownBefore(store: CandleStore, end: EpochMs): CandleStore {
  return {
    list: () => store.list(),
    corrections: (key) => store.corrections(key).filter((t) => t < end),
    read: (key, range = {}) => {
      const asOf = Math.min(range.asOf ?? Infinity, end - 1);
      return store.read(key, asOf === Infinity ? range : { ...range, asOf });
    },
    write: () => {
      throw new TypeError("a store as it was before an instant is only read");
    },
  };
}
