import { openTensorFlow } from "../../../adapters/tfjs/open-tensorflow.ts";
import { byTimeframe } from "../../../candles/resample.ts";
import type { Encoder } from "../../../encoder/encoder.ts";
import type { FitOptions } from "../../../encoder/family.ts";
import { sageFamily } from "../../../encoder/gnn/gnn-family.ts";
import { encodeArtefact } from "../../../encoder/load-encoder.ts";
import { RhymeError } from "../../../errors.ts";
import type { FeatureTables } from "../../../features/feature.ts";
import { featureTables } from "../../../features/feature-table.ts";
import type { CandlesSubject, Subject } from "../subject.ts";
import { drawnDesign, SMALL_SET } from "./graph.ts";
import { atLeast, baseOf, digestOfAll } from "./stating.ts";

/** Rows that training is given, and for how many steps: a few show as well as many what it has seen. */
const [ROWS, STEPS] = [260, 3];

/**
 * Training by TensorFlow.js. One backend gives the same bytes for the same data and seed, so even this is held bit
 * for bit: what `fitUntil` cuts off is cut off before a tensor is made.
 */
const training: CandlesSubject = {
  name: "encoder/train",
  covers: ["EncoderFamily.fit", "sageFamily.fit"],
  takes: "candles",
  every: 10,
  instants: 2,
  suits: atLeast(ROWS + 10),
  async run(candles, setting) {
    const base = baseOf(candles, setting);
    const fitUntil = base.knownAt[ROWS];
    if (fitUntil === undefined) return [];
    const timeframes = setting.timeframes.slice(0, 1);
    const tf = await openTensorFlow();
    const tables = [featureTables(SMALL_SET, byTimeframe(base, timeframes))];
    const encoder = await fitted(tables, {
      ...{ tf, fitUntil, featureSet: SMALL_SET, design: drawnDesign({ ...setting, timeframes }) },
      ...{ seed: setting.seed, hidden: 4, dim: 4, layers: 1 },
      ...{ steps: STEPS, chunkNodes: 64, evaluateEvery: STEPS },
    });
    if (!encoder) return [];
    const artefact = digestOfAll(...encodeArtefact(encoder).map(({ bytes }) => bytes));
    const at = Float64Array.of(fitUntil);
    return [{ name: "artefact", key: at, knownAt: at, values: Float64Array.of(artefact) }];
  },
};

/** Null where too little was known. */
async function fitted(tables: readonly FeatureTables[], options: FitOptions): Promise<Encoder | null> {
  try {
    return await sageFamily.fit(tables, options);
  } catch (error) {
    if (error instanceof RhymeError && error.kind === "input") return null;
    throw error;
  }
}

export const TRAINING_SUBJECTS: readonly Subject[] = [training];
