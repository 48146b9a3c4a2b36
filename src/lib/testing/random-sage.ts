import { SageEncoder } from "../encoder/graph-sage/sage-encoder.ts";
import { gaussian, initialLayers, type SageShape } from "../encoder/graph-sage/sage-model.ts";
import type { ReadoutKind } from "../encoder/graph-sage/readout.ts";
import { defaultDesign, type DesignOptions } from "../graph/design.ts";
import { createRng } from "../math/rng.ts";

export interface RandomSage {
  readonly seed: number;
  readonly timeframes: readonly string[];
  readonly features?: number;
  readonly hidden?: number;
  readonly layers?: number;
  readonly dim?: number;
  readonly readout?: readonly ReadoutKind[];
  readonly first?: number;
  readonly design?: DesignOptions;
}

/** A GraphSAGE encoder with random weights, biases included, for feature tables named x0, x1, …. */
export function randomSage(options: RandomSage): SageEncoder {
  const {
    seed,
    timeframes,
    features = 3,
    hidden = 8,
    layers = 2,
    dim = 8,
    readout = ["mean"],
    first = 0,
  } = options;
  const design = defaultDesign(timeframes, options.design);
  const rng = createRng(seed);
  const shape: SageShape = { features, hidden, layers, dim, timeframes: timeframes.length, readout };
  const layersOf = initialLayers(shape, rng);
  for (const [name, values] of Object.entries(layersOf))
    if (name.endsWith("bias")) for (let i = 0; i < values.length; i++) values[i] = 0.1 * rng.normal();
  const inputs = timeframes.length * readout.length * hidden;
  const scaling = () => ({
    mean: Array.from({ length: features }, () => 0.1 * rng.normal()),
    sd: Array.from({ length: features }, () => 0.5 + rng.next()),
  });
  return new SageEncoder(
    {
      shape,
      design,
      scaler: Object.fromEntries(timeframes.map((timeframe) => [timeframe, scaling()])),
      warmUp: { first, settled: 0 },
      weights: {
        ...layersOf,
        "projection.weight": gaussian(inputs, dim, 1 / Math.sqrt(inputs), rng),
        "projection.bias": gaussian(1, dim, 0.1, rng),
      },
    },
    {
      featureSet: "test",
      featureSetHash: "test",
      featureNames: Array.from({ length: features }, (_, f) => `x${f}`),
      knownAt: 0,
      seed,
      dataHash: "test",
      options: {},
      scores: {},
    },
  );
}
