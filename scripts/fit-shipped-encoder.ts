/**
 * Fits the encoder that ships with Rhyme and writes it to artefacts/crypto-5m. Deterministic: the same data, code and
 * backend give the same bytes.
 *
 *     RHYME_DATA=<folder of market data> node scripts/fit-shipped-encoder.ts [--out FOLDER]
 *
 * Reads crypto/BTCUSDT-5m.csv.gz and crypto/ETHUSDT-5m.csv.gz, and of them nothing after 2023-06-30.
 */
import path from "node:path";
import { parseArgs } from "node:util";
import { writeEncoderFolder } from "../src/lib/adapters/artefacts/encoder-folder.ts";
import { readCandles } from "../src/lib/adapters/files/read-candles.ts";
import { openTensorFlow } from "../src/lib/adapters/tfjs/open-tensorflow.ts";
import { byTimeframe } from "../src/lib/candles/resample.ts";
import { sageFamily } from "../src/lib/encoder/gnn/gnn-family.ts";
import type { FeatureTables } from "../src/lib/features/feature.ts";
import { DEFAULT_FEATURES, featureSetByName } from "../src/lib/features/feature-sets.ts";
import { featureTables } from "../src/lib/features/feature-table.ts";
import { defaultDesign } from "../src/lib/graph/design.ts";
import { iso } from "../src/lib/time/units.ts";

const SYMBOLS = ["BTCUSDT", "ETHUSDT"];
const TIMEFRAMES = ["5m", "30m", "1h", "4h"];
const FIT_UNTIL = Date.parse("2023-06-30T23:59:59Z");
const STEPS = 600;

const { values: args } = parseArgs({ options: { out: { type: "string", default: "artefacts/crypto-5m" } } });
const data = process.env.RHYME_DATA;
if (!data) throw new Error("set RHYME_DATA to the folder of market data");

const featureSet = featureSetByName(DEFAULT_FEATURES);
const tables: FeatureTables[] = [];
for (const symbol of SYMBOLS) {
  const file = path.join(data, "crypto", `${symbol}-5m.csv.gz`);
  const { series } = await readCandles([file], {
    symbol,
    timeframe: "5m",
    now: Date.parse("2024-01-01T00:00:00Z"),
  });
  tables.push(featureTables(featureSet, byTimeframe(series, TIMEFRAMES)));
}
const encoder = await sageFamily.fit(tables, {
  tf: await openTensorFlow(),
  design: defaultDesign(TIMEFRAMES),
  featureSet,
  steps: STEPS,
  fitUntil: FIT_UNTIL,
  onProgress: ({ step, steps, trainLoss, validationLoss }) => {
    if (step % 50 === 0)
      console.error(
        `step ${step} of ${steps}: training ${trainLoss.toFixed(4)}, validation ${validationLoss.toFixed(4)}`,
      );
  },
});
await writeEncoderFolder(args.out, encoder);
console.log(`${encoder.version}, known at ${iso(encoder.knownAt)}, in ${args.out}`);
