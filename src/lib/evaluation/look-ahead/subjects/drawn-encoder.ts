import {
  gaussian,
  hasHeads,
  initialLayers,
  type GnnModel,
  type GnnShape,
  type LayerKind,
} from "../../../encoder/gnn/gnn-model.ts";
import { GnnEncoder } from "../../../encoder/gnn/gnn-encoder.ts";
import type { ReadoutKind } from "../../../encoder/gnn/readout.ts";
import { featureSetHash, outputNames } from "../../../features/feature-sets.ts";
import type { FeatureSet } from "../../../features/feature.ts";
import type { GraphDesign } from "../../../graph/graph-design.ts";
import type { EpochMs } from "../../../time/units.ts";
import { createRng } from "../../../math/rng.ts";

/** What the features are called that an encoder reads; no more of them is needed to draw one. */
export interface DrawnFeatures {
  readonly set: string;
  readonly hash: string;
  readonly names: readonly string[];
}

export function featuresOf(set: FeatureSet): DrawnFeatures {
  return { set: set.name, hash: featureSetHash(set), names: outputNames(set) };
}

export interface DrawnEncoder {
  readonly seed: number;
  readonly design: GraphDesign;
  readonly layer?: LayerKind; // sage
  readonly heads?: number; // 2
  readonly features: DrawnFeatures;
  readonly hidden?: number; // 4
  readonly layers?: number; // 2
  readonly dim?: number; // 4
  readonly readout?: readonly ReadoutKind[]; // ["last"]
  /** Rows of each timeframe before the first anchor; 0: undefined features count as their mean. */
  readonly first?: number;
}

/** It may be asked about any candle. */
const BEFORE_ALL: EpochMs = Date.UTC(1900, 0, 1);

/** An encoder whose every number is drawn, biases and scaling included: it has seen no candle. */
export function drawnEncoder(options: DrawnEncoder): GnnEncoder {
  const {
    layer = "sage",
    heads = 2,
    seed,
    design,
    features,
    hidden = 4,
    layers = 2,
    dim = 4,
    readout = ["last"],
    first = 0,
  } = options;
  const { timeframes } = design;
  const { set, hash, names } = features;
  const rng = createRng(seed);
  const shape: GnnShape = {
    ...{ layer, heads: hasHeads(layer) ? heads : 1, features: names.length, hidden, layers, dim, readout },
    timeframes: timeframes.length,
  };
  const drawn = initialLayers(shape, rng);
  for (const [name, values] of Object.entries(drawn))
    if (/(bias|eps)$/i.test(name)) for (let i = 0; i < values.length; i++) values[i] = 0.1 * rng.normal();
  const inputs = timeframes.length * readout.length * hidden;
  const scaling = (): GnnModel["scaler"][string] => ({
    mean: names.map(() => 0.1 * rng.normal()),
    sd: names.map(() => 0.5 + rng.next()),
  });
  const model: GnnModel = {
    shape,
    design,
    scaler: Object.fromEntries(timeframes.map((timeframe) => [timeframe, scaling()])),
    warmUp: { first, settled: 0 },
    weights: {
      ...drawn,
      "projection.weight": gaussian(inputs, dim, 1 / Math.sqrt(inputs), rng),
      "projection.bias": gaussian(1, dim, 0.1, rng),
    },
  };
  return new GnnEncoder(model, {
    ...{ featureSet: set, featureSetHash: hash, featureNames: names },
    ...{ knownAt: BEFORE_ALL, seed, dataHash: "drawn", options: {}, scores: {} },
  });
}
