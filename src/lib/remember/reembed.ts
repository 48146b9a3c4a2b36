import { knownBy } from "../candles/slice.ts";
import { byTimeframe } from "../candles/resample.ts";
import type { SeriesKey } from "../candles/candle-series.ts";
import type { CandleStore } from "../candles/candle-store.ts";
import type { Encoder } from "../encoder/encoder.ts";
import { featureSetByName } from "../features/feature-sets.ts";
import { featureTables } from "../features/feature-table.ts";
import type { EpochMs } from "../time/units.ts";
import { views } from "./views.ts";

/**
 * Makes the embedding of one stored anchor again, from the stored candles as they were known then: what `verify`
 * holds a sample of patterns against. Null where the candles know no such moment. [D]
 */
export function reembedder(
  store: CandleStore,
  encoder: Encoder,
): (series: SeriesKey, anchor: EpochMs) => Float32Array | null {
  const features = featureSetByName(encoder.featureSet);
  return (series, anchor) => {
    for (const view of views(store, series)) {
      if (anchor < view.from || anchor >= view.to) continue;
      const candles = knownBy(view.series, anchor);
      if (candles.knownAt.at(-1) !== anchor) return null;
      const tables = featureTables(features, byTimeframe(candles, encoder.design.timeframes));
      const { anchors, vectors, dim } = encoder.encodeHistory(tables);
      const last = anchors.length - 1;
      return anchors[last] === anchor ? vectors.slice(last * dim, (last + 1) * dim) : null;
    }
    return null;
  };
}
