import { openTensorFlow } from "../../../adapters/tfjs/open-tensorflow.ts";
import { byTimeframe } from "../../../candles/resample.ts";
import type { CandleSeries } from "../../../candles/candle-series.ts";
import type { Encoder } from "../../../encoder/encoder.ts";
import type { EncoderFamily, FitOptions } from "../../../encoder/family.ts";
import { gnnFamily, sageFamily } from "../../../encoder/gnn/gnn-family.ts";
import { LAYER_KINDS } from "../../../encoder/gnn/gnn-model.ts";
import type { SingleObjectiveOptions } from "../../../encoder/objective-options.ts";
import { encodeArtefact } from "../../../encoder/load-encoder.ts";
import { RhymeError } from "../../../errors.ts";
import type { FeatureTables } from "../../../features/feature.ts";
import { featureTables } from "../../../features/feature-table.ts";
import { harDesign } from "../../../forecast/har-design.ts";
import { fewestRows } from "../../../forecast/har.ts";
import { futureTargets, residualTargets } from "../../../remember/fit-targets.ts";
import type { EpochMs } from "../../../time/units.ts";
import type { Stated } from "../stated.ts";
import type { CandlesSubject, Subject } from "../subject.ts";
import { drawnDesign, SMALL_SET } from "./graph.ts";
import { atLeast, barsAhead, baseOf, digestOfAll } from "./stating.ts";

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
    return statedArtefact(encoder, fitUntil);
  },
};

/** What an objective is fitted for: targets from labels that reach beyond the end of the fold, which may not be used. */
const OBJECTIVES: Readonly<Record<string, (base: CandleSeries) => SingleObjectiveOptions>> = {
  contrast: (base) => ({ kind: "contrast", anchors: 32, future: [futureTargets(base, horizonsOf(base))] }),
  vicreg: () => ({ kind: "vicreg", anchors: 32 }),
  residual: (base) => ({ kind: "residual", residuals: [residualTargets(base, horizonsOf(base))] }),
};

const BARS = 3;

function horizonsOf({ timeframe }: CandleSeries): readonly string[] {
  return [barsAhead(timeframe, BARS)];
}

/** Rows by which HAR has said something to train on and to validate with. */
function rowsOfFold(candles: Pick<CandleSeries, "timeframe" | "calendar">): number {
  const design = harDesign(candles);
  return design.warmUp + fewestRows(design, BARS) + BARS + 120;
}

/** Training for every other objective, and for all of them at once, of a layer kind that the seed decides. */
const objectives: readonly CandlesSubject[] = [...Object.keys(OBJECTIVES), "mixture"].map((name) => ({
  name: `encoder/train-${name}`,
  covers: ["EncoderFamily.fit", "futureTargets", "residualTargets"],
  takes: "candles",
  every: 10,
  instants: 2,
  suits: (history) => atLeast(rowsOfFold(history.facts[0]!) + 10)(history),
  async run(candles, setting) {
    const base = baseOf(candles, setting);
    const fitUntil = base.knownAt[rowsOfFold(base)];
    if (fitUntil === undefined) return [];
    const parts = Object.values(OBJECTIVES).map((of) => ({ weight: 0.5, objective: of(base) }));
    const timeframes = setting.timeframes.slice(0, 1);
    const tables = [featureTables(SMALL_SET, byTimeframe(base, timeframes))];
    const options: FitOptions = {
      ...{ tf: await openTensorFlow(), fitUntil, featureSet: SMALL_SET },
      ...{ design: drawnDesign({ ...setting, timeframes }), seed: setting.seed },
      ...{ hidden: 4, dim: 4, layers: 1, heads: 2, readout: ["last", "attention"] },
      ...{ steps: STEPS, chunkNodes: 256, evaluateEvery: STEPS, warmUpSteps: 1, clipNorm: 1 },
      objective: name === "mixture" ? { kind: "mixture", parts } : OBJECTIVES[name]!(base),
    };
    const kind = LAYER_KINDS[setting.seed % LAYER_KINDS.length]!;
    return statedArtefact(await fitted(tables, options, gnnFamily(kind)), fitUntil);
  },
}));

function statedArtefact(encoder: Encoder | null, fitUntil: EpochMs): Stated {
  if (!encoder) return [];
  const artefact = digestOfAll(...encodeArtefact(encoder).map(({ bytes }) => bytes));
  const at = Float64Array.of(fitUntil);
  return [{ name: "artefact", key: at, knownAt: at, values: Float64Array.of(artefact) }];
}

/** Null where too little was known. */
async function fitted(
  tables: readonly FeatureTables[],
  options: FitOptions,
  family: EncoderFamily = sageFamily,
): Promise<Encoder | null> {
  try {
    return await family.fit(tables, options);
  } catch (error) {
    if (error instanceof RhymeError && error.kind === "input") return null;
    throw error;
  }
}

export const TRAINING_SUBJECTS: readonly Subject[] = [training, ...objectives];
