import { openTensorFlow } from "../../src/lib/adapters/tfjs/open-tensorflow.ts";
import { byTimeframe } from "../../src/lib/candles/resample.ts";
import { sageFamily } from "../../src/lib/encoder/gnn/gnn-family.ts";
import type { GnnEncoder } from "../../src/lib/encoder/gnn/gnn-encoder.ts";
import { DEFAULT_FEATURES, featureSetByName } from "../../src/lib/features/feature-sets.ts";
import { featureTables } from "../../src/lib/features/feature-table.ts";
import { defaultDesign } from "../../src/lib/graph/design.ts";
import { syntheticCandles } from "../../src/lib/testing/candles.ts";
import { digits, median, peakRssMb, timed, type BenchWork } from "../row.ts";
import { encodeWindowByWindow } from "./window-by-window.ts";

const CANDLES = 100_000;
const TIMEFRAMES = ["5m", "30m", "1h", "4h"];
const BATCH = 64;
const BATCHES = 10; // window by window is slow: a sample, evenly spread over the newest anchors

/** Every anchor of a history at once, beside every anchor its own window graph. */
export const encodeHistory: BenchWork = {
  name: "encode-history",
  run: async () => {
    const featureSet = featureSetByName(DEFAULT_FEATURES);
    const candles = byTimeframe(syntheticCandles({ seed: 1, rows: CANDLES }), TIMEFRAMES);
    const tables = featureTables(featureSet, candles);
    const design = defaultDesign(TIMEFRAMES);
    const encoder = sageFamily.untrained([tables], { design, featureSet }) as GnnEncoder;
    const whole = encoder.encodeHistory(tables);
    const anchors = whole.rows.length;
    const ours = anchors / (median(await timed(5, () => encoder.encodeHistory(tables))) / 1000);
    const rssMb = peakRssMb(); // before TensorFlow.js is loaded

    const tf = await openTensorFlow("wasm");
    const sample = Array.from({ length: BATCH * BATCHES }, (_, i) => anchors - 1 - i * 7).reverse();
    const rows = sample.map((a) => whole.rows[a]!);
    const windows = (): ReturnType<typeof encodeWindowByWindow> =>
      encodeWindowByWindow(tf, encoder.model, tables, rows, BATCH);
    const { vectors, nodes } = windows();
    const theirs = sample.length / (median(await timed(3, windows)) / 1000);
    const D = encoder.dim;
    let difference = 0;
    sample.forEach((a, i) => {
      for (let d = 0; d < D; d++)
        difference = Math.max(difference, Math.abs(vectors[i * D + d]! - whole.vectors[a * D + d]!));
    });
    const ratio = ours / theirs;
    return [
      {
        work: `every anchor of ${CANDLES.toLocaleString("en")} 5m candles with 30m, 1h, 4h`,
        ours: digits(ours),
        theirs: digits(theirs),
        unit: "windows/s",
        against: `TensorFlow.js WASM, patched, window by window in batches of ${BATCH}`,
        ratio: digits(ratio),
        target: "≥ 10 × and ≥ 40,000 windows/s",
        ok: ratio >= 10 && ours >= 40_000 && difference < 1e-4,
        notes: `same weights, largest difference ${difference.toExponential(1)}; ${nodes} nodes a window; peak RSS ${rssMb} MB`,
      },
    ];
  },
};
