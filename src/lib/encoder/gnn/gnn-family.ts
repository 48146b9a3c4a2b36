import { RhymeError } from "../../errors.ts";
import type { FeatureTables } from "../../features/feature.ts";
import { featureSetHash, outputNames } from "../../features/feature-sets.ts";
import { assertDesign, designHash } from "../../graph/design.ts";
import { canonicalJson, hashParts } from "../../math/hash.ts";
import { createRng } from "../../math/rng.ts";
import { pausedSteps, runSteps, type Steps } from "../../math/steps.ts";
import type { Encoder } from "../encoder.ts";
import type { EncoderFamily, EncoderOptions, FitOptions } from "../family.ts";
import { fitScaler } from "../scaler.ts";
import { knownRows } from "./anchors.ts";
import { fitProjection } from "./fit-projection.ts";
import { loadGnn, saveGnn } from "./gnn-artefact.ts";
import { GnnEncoder, type GnnOrigin } from "./gnn-encoder.ts";
import {
  describedShape,
  hasHeads,
  initialLayers,
  layerShapes,
  readoutShapes,
  type LayerKind,
  type GnnModel,
  type GnnShape,
  type GnnWeights,
} from "./gnn-model.ts";
import { gnnNodes, tablesOf } from "./gnn-nodes.ts";
import { prepare, type Prepared } from "./training/prepare.ts";
import { settledFit, type SettledFit } from "./training/settled-fit.ts";
import type { TrainingSeries } from "./training/run.ts";
import { trainLayers, type TrainedLayers } from "./training/train-layers.ts";

const VALIDATION_SHARE = 0.15;

/** GraphSAGE with means, the shipped encoder's kind. */
export const sageFamily: EncoderFamily = gnnFamily("sage");

/** Graph networks of one layer kind over the history graph, trained by masked reconstruction. */
export function gnnFamily(kind: LayerKind): EncoderFamily {
  return {
    kind,
    fit: (tables, options) => fit(kind, tables, options),
    untrained: (tables, options) => untrained(kind, tables, options),
    save: (encoder) => saveGnn(asGnn(encoder)),
    load: loadGnn,
  };
}

async function fit(kind: LayerKind, tables: readonly FeatureTables[], options: FitOptions): Promise<Encoder> {
  const { validationShare = VALIDATION_SHARE, seed = 1, tf, signal, onProgress, checkpoint } = options;
  const start = begin(kind, tables, options, validationShare);
  const settled = settledFit(options, start.data, start.model.design.timeframes[0]!);
  const trained = await trainLayers(tf, start.model, trainingSeries(start), {
    ...settled,
    seed,
    identity: identityOf(start, settled, { ...settled.said, validationShare, seed }),
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
    ...(checkpoint && { checkpoint }),
  });
  options.onTrained?.(trained.curve);
  const { knownAt, dataHash } = settled;
  const fitted = finish({ ...start, data: { ...start.data, knownAt, dataHash } }, trained, {
    seed,
    options: { ...settled.said, validationShare, backend: tf.getBackend() },
  });
  return pausedSteps(fitted, async () => {
    await tf.nextFrame();
    signal?.throwIfAborted();
  });
}

function untrained(kind: LayerKind, tables: readonly FeatureTables[], options: EncoderOptions): Encoder {
  const { seed = 1 } = options;
  const start = begin(kind, tables, options, VALIDATION_SHARE);
  const weights = initialLayers(start.model.shape, createRng(seed));
  return runSteps(finish(start, { weights, scores: {}, curve: [] }, { seed, options: { steps: 0 } }));
}

/** A model without weights, and the data to fit them on. */
interface Start {
  readonly model: GnnModel;
  readonly data: Prepared;
  readonly options: EncoderOptions;
}

function begin(
  layer: LayerKind,
  series: readonly FeatureTables[],
  options: EncoderOptions,
  validationShare: number,
): Start {
  const {
    design,
    featureSet,
    dim = 64,
    hidden = 64,
    heads = 4,
    layers = 2,
    readout = ["last"],
    fitUntil = Infinity,
  } = options;
  assertDesign(design);
  assertSizes({ dim, hidden, layers }, design.weights);
  assertHeads(layer, heads, hidden);
  const names = outputNames(featureSet);
  for (const tables of series) tablesOf(tables, design.timeframes, names);
  const data = prepare(series, design.timeframes, fitUntil, validationShare);
  const shape: GnnShape = {
    layer,
    heads: hasHeads(layer) ? heads : 1,
    features: names.length,
    hidden,
    layers,
    dim,
    timeframes: design.timeframes.length,
    readout,
  };
  const warmUp = {
    first: Math.max(0, ...featureSet.features.map((feature) => feature.warmUp.first)),
    settled: Math.max(0, ...featureSet.features.map((feature) => feature.warmUp.settled)),
  };
  const scaler = fitScaler(data.training, design.timeframes);
  return { model: { shape, design, scaler, warmUp, weights: {} }, data, options };
}

function trainingSeries({ model, data }: Start): TrainingSeries[] {
  const { timeframes } = model.design;
  return data.tables.map((tables) => {
    const nodes = gnnNodes(tablesOf(tables, timeframes, tables[timeframes[0]!]!.names), model);
    const { boundary } = data;
    return { nodes, boundary, validationFrom: knownRows(nodes.knownAt, Float64Array.of(boundary))[0]! };
  });
}

function* finish(
  { model, data, options }: Start,
  { weights, scores }: TrainedLayers,
  made: Pick<GnnOrigin, "seed" | "options">,
): Steps<GnnEncoder> {
  const { timeframes } = model.design;
  const names = outputNames(options.featureSet);
  const layers: GnnModel = { ...model, weights };
  const projection = yield* fitProjection(
    layers,
    data.training.map((tables) => tablesOf(tables, timeframes, names)),
  );
  const all: GnnWeights = {
    ...weights,
    "projection.weight": projection.weight,
    "projection.bias": projection.bias,
  };
  return new GnnEncoder(
    { ...model, weights: all },
    {
      featureSet: options.featureSet.name,
      featureSetHash: featureSetHash(options.featureSet),
      featureNames: names,
      knownAt: data.knownAt,
      dataHash: data.dataHash,
      scores,
      ...made,
    },
  );
}

/** Equal for two fittings exactly when their results are. */
function identityOf({ model, options }: Start, { dataHash }: SettledFit, chosen: object): string {
  const { shape, scaler } = model;
  const sizes = Object.keys({ ...layerShapes(shape), ...readoutShapes(shape) });
  return hashParts(
    designHash(model.design),
    featureSetHash(options.featureSet),
    dataHash,
    canonicalJson({ shape: describedShape(shape), scaler, sizes, chosen }),
  );
}

function assertSizes(sizes: Readonly<Record<"dim" | "hidden" | "layers", number>>, weights: string): void {
  const wrong = (place: string, expected: string, received: string): RhymeError =>
    new RhymeError("usage", { place, expected, received, remedy: "Correct the options of the encoder." });
  for (const name of ["dim", "hidden"] as const)
    if (!Number.isInteger(sizes[name]) || sizes[name] < 4 || sizes[name] % 4 !== 0)
      throw wrong(name, "a multiple of 4", String(sizes[name]));
  if (![1, 2, 3].includes(sizes.layers)) throw wrong("layers", "1, 2 or 3", String(sizes.layers));
  if (weights === "volume")
    throw wrong("graph design, weights", '"none" or "timeDistance": feature tables carry no volume', weights);
}

function assertHeads(layer: LayerKind, heads: number, hidden: number): void {
  if (!hasHeads(layer) || (Number.isInteger(heads) && heads >= 1 && hidden % heads === 0)) return;
  throw new RhymeError("usage", {
    place: "heads",
    expected: `a divisor of hidden (${hidden})`,
    received: String(heads),
    remedy: "Correct the options of the encoder.",
  });
}

function asGnn(encoder: Encoder): GnnEncoder {
  if (encoder instanceof GnnEncoder) return encoder;
  throw new TypeError(`not a graph network: ${encoder.version}`);
}
