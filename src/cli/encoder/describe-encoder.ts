import type { GnnEncoder } from "../../lib/encoder/gnn/gnn-encoder.ts";
import { iso } from "../../lib/time/units.ts";

/** An artefact as `list` and `show` tell it. */
export function describeEncoder(folder: string, encoder: GnnEncoder): Record<string, unknown> {
  const { model, origin, version, kind, dim, receptiveField, knownAt, hearsNearby } = encoder;
  const { shape, design, warmUp, weights } = model;
  return {
    ...{ folder, version, kind, dim, layers: shape.layers, hidden: shape.hidden, heads: shape.heads },
    readout: [...shape.readout],
    weights: Object.values(weights).reduce((sum, { length }) => sum + length, 0),
    design,
    features: { set: origin.featureSet, hash: origin.featureSetHash, names: [...origin.featureNames] },
    ...{ warmUp, receptiveField, hearsNearby, knownAt: iso(knownAt) },
    ...{ seed: origin.seed, dataHash: origin.dataHash, options: origin.options, scores: origin.scores },
  };
}
