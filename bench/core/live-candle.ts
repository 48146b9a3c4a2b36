import { byTimeframe } from "../../src/lib/candles/resample.ts";
import { sageFamily } from "../../src/lib/encoder/gnn/gnn-family.ts";
import { DEFAULT_FEATURES, featureSetByName } from "../../src/lib/features/feature-sets.ts";
import { featureTables } from "../../src/lib/features/feature-table.ts";
import type { FeatureRow } from "../../src/lib/features/feature.ts";
import { defaultDesign } from "../../src/lib/graph/design.ts";
import { syntheticCandles } from "../../src/lib/testing/candles.ts";
import { digits, median, timed, type BenchWork } from "../row.ts";

const CANDLES = 100_000;
const TIMEFRAMES = ["5m", "30m", "1h", "4h"];

/** The live path: rows of features one after the other, an embedding at every anchor. */
export const liveCandle: BenchWork = {
  name: "live-candle",
  heavy: true,
  run: async () => {
    const featureSet = featureSetByName(DEFAULT_FEATURES);
    const candles = byTimeframe(syntheticCandles({ seed: 1, rows: CANDLES }), TIMEFRAMES);
    const tables = featureTables(featureSet, candles);
    const encoder = sageFamily.untrained([tables], { design: defaultDesign(TIMEFRAMES), featureSet });
    const rows = TIMEFRAMES.flatMap((timeframe): FeatureRow[] => {
      const { openTime, knownAt, values, names } = tables[timeframe]!;
      const F = names.length;
      return Array.from(openTime, (open, i) => ({
        timeframe,
        openTime: open,
        knownAt: knownAt[i]!,
        values: values.subarray(i * F, (i + 1) * F),
      }));
    }).sort((a, b) => a.knownAt - b.knownAt);
    const live = await timed(3, () => {
      const stream = encoder.stream();
      rows.forEach((row, i) => {
        stream.push(row);
        if (rows[i + 1]?.knownAt !== row.knownAt) stream.embed();
      });
    });
    const whole = await timed(3, () => encoder.encodeHistory(tables));
    const microseconds = (times: readonly number[]): number => (1000 * median(times)) / CANDLES;
    return [
      {
        work: "one live candle: its embedding",
        ours: digits(microseconds(live)),
        theirs: digits(microseconds(whole)),
        unit: "µs",
        against: "the same candle in encodeHistory",
        ratio: digits(microseconds(whole) / microseconds(live)),
        target: "≤ 1,000 µs",
        ok: microseconds(live) <= 1_000,
        notes: "features given; bit-equal to the whole history",
      },
    ];
  },
};
