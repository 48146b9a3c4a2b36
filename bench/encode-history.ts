// Every anchor of 100,000 5m candles with 30m, 1h and 4h; the live path and window by window beside it.
// One JSON row per measurement, then one line in words.
// node bench/encode-history.ts [candles]
import { byTimeframe } from "../src/lib/candles/resample.ts";
import type { EncoderStream } from "../src/lib/encoder/encoder.ts";
import { sageFamily } from "../src/lib/encoder/graph-sage/sage-family.ts";
import { DEFAULT_FEATURES, featureSetByName } from "../src/lib/features/feature-sets.ts";
import { featureTables } from "../src/lib/features/feature-table.ts";
import type { FeatureRow, FeatureTables } from "../src/lib/features/feature.ts";
import { defaultDesign } from "../src/lib/graph/design.ts";
import { syntheticCandles } from "../src/lib/testing/candles.ts";

const CANDLES = Number(process.argv[2] ?? 100_000);
const TIMEFRAMES = ["5m", "30m", "1h", "4h"];
const ROUNDS = 5;
const WINDOWS = 20; // window by window is slow: a sample
const featureSet = featureSetByName(DEFAULT_FEATURES);

const candles = byTimeframe(syntheticCandles({ seed: 1, rows: CANDLES }), TIMEFRAMES);
const tables = featureTables(featureSet, candles);
const encoder = sageFamily.untrained([tables], { design: defaultDesign(TIMEFRAMES), featureSet });

function median(rounds: number, work: () => unknown): number {
  const seconds = Array.from({ length: rounds }, () => {
    const start = performance.now();
    work();
    return (performance.now() - start) / 1000;
  });
  return seconds.sort((a, b) => a - b)[rounds >> 1]!;
}

/** All rows in the order in which they became known. */
function rowsInOrder(): FeatureRow[] {
  const rows = TIMEFRAMES.flatMap((timeframe) => {
    const { openTime, knownAt, values, names } = tables[timeframe]!;
    const F = names.length;
    return Array.from(openTime, (open, i) => ({
      timeframe,
      openTime: open,
      knownAt: knownAt[i]!,
      values: values.subarray(i * F, (i + 1) * F),
    }));
  });
  return rows.sort((a, b) => a.knownAt - b.knownAt);
}

function stream(rows: readonly FeatureRow[]): EncoderStream {
  const live = encoder.stream();
  rows.forEach((row, i) => {
    live.push(row);
    if (rows[i + 1]?.knownAt !== row.knownAt) live.embed();
  });
  return live;
}

/** The last receptive field of every table. */
function window(): FeatureTables {
  return Object.fromEntries(
    Object.entries(tables).map(([timeframe, table]) => {
      const from = Math.max(0, table.knownAt.length - encoder.receptiveField[timeframe]!);
      const cut = {
        values: table.values.subarray(from * table.names.length),
        openTime: table.openTime.subarray(from),
        knownAt: table.knownAt.subarray(from),
      };
      return [timeframe, { ...table, ...cut }];
    }),
  );
}

const features = median(1, () => featureTables(featureSet, candles));
const history = median(ROUNDS, () => encoder.encodeHistory(tables));
const anchors = encoder.encodeHistory(tables).rows.length;
const rows = rowsInOrder();
const live = median(1, () => stream(rows));
const newest = window();
const single = median(WINDOWS, () => encoder.encodeWindow(newest));
const rssMb = Math.round(process.resourceUsage().maxRSS / 1024);

for (const row of [
  { what: "features", candles: CANDLES, seconds: features, candlesPerSecond: Math.round(CANDLES / features) },
  {
    what: "encodeHistory",
    anchors,
    seconds: history,
    windowsPerSecond: Math.round(anchors / history),
    rssMb,
  },
  { what: "stream", anchors, seconds: live, microsecondsPerCandle: (1e6 * live) / CANDLES },
  { what: "encodeWindow", seconds: single, windowsPerSecond: Math.round(1 / single) },
])
  console.log(JSON.stringify(row));
console.log(
  `encodeHistory: ${Math.round(anchors / history).toLocaleString("en")} windows/s, one thread, peak ${rssMb} MB; ` +
    `a live candle ${((1e6 * live) / CANDLES).toFixed(0)} µs; one window alone ${(1000 * single).toFixed(2)} ms.`,
);
