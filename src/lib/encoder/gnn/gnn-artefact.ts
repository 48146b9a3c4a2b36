import { featureSetByName, featureSetHash, outputNames } from "../../features/feature-sets.ts";
import { assertDesign } from "../../graph/design.ts";
import { RhymeError } from "../../errors.ts";
import {
  damaged,
  ENCODER_FORMAT,
  MANIFEST,
  openArtefact,
  sealArtefact,
  type ArtefactFile,
  type Manifest,
} from "../artefact.ts";
import { readSafetensors, writeSafetensors } from "../safetensors.ts";
import { READOUT_KINDS, type ReadoutKind } from "./readout.ts";
import { GnnEncoder } from "./gnn-encoder.ts";
import {
  hasHeads,
  LAYER_KINDS,
  weightShapes,
  type GnnModel,
  type GnnShape,
  type GnnWeights,
  type LayerKind,
} from "./gnn-model.ts";

const WEIGHTS = "weights.safetensors";

/** The two files of an artefact. Equal encoders give equal bytes. */
export function saveGnn(encoder: GnnEncoder): ArtefactFile[] {
  const { model, origin, version } = encoder;
  const shapes = weightShapes(model.shape);
  const tensors = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, { shape, data: model.weights[name]! }]),
  );
  const { layer, heads, layers, hidden, readout } = model.shape;
  const manifest: Manifest = {
    format: ENCODER_FORMAT,
    kind: encoder.kind,
    version,
    dim: encoder.dim,
    knownAt: origin.knownAt,
    seed: origin.seed,
    dataHash: origin.dataHash,
    design: {
      ...model.design,
      timeframes: [...model.design.timeframes],
      dilations: [...model.design.dilations],
      cross: [...model.design.cross],
      windows: { ...model.design.windows },
    },
    features: { set: origin.featureSet, hash: origin.featureSetHash, names: [...origin.featureNames] },
    scaler: Object.fromEntries(
      Object.entries(model.scaler).map(([timeframe, { mean, sd }]) => [
        timeframe,
        { mean: [...mean], sd: [...sd] },
      ]),
    ),
    receptiveField: { ...encoder.receptiveField },
    options: {
      ...origin.options,
      layers,
      hidden,
      ...(hasHeads(layer) && { heads }),
      readout: [...readout],
      warmUpFirst: model.warmUp.first,
      warmUpSettled: model.warmUp.settled,
    },
    scores: { ...origin.scores },
  };
  return sealArtefact(manifest, [
    { name: WEIGHTS, bytes: writeSafetensors({ tensors, metadata: { version } }) },
  ]);
}

/** @throws RhymeError naming the file where anything is not as it was saved, or the code's features differ. */
export function loadGnn(files: ReadonlyMap<string, Uint8Array>, place: string): GnnEncoder {
  const manifest = openArtefact(files, place);
  const at = `${place}/${MANIFEST}`;
  const { layers, hidden, heads, readout, warmUpFirst, warmUpSettled, ...options } = manifest.options;
  assertFeatures(manifest, at);
  assertDesign(manifest.design);
  const layer = layerKind(manifest.kind, at);
  const shape: GnnShape = {
    layer,
    heads: hasHeads(layer) ? size(heads, "options.heads", at) : 1,
    features: manifest.features.names.length,
    hidden: size(hidden, "options.hidden", at),
    layers: size(layers, "options.layers", at),
    dim: manifest.dim,
    timeframes: manifest.design.timeframes.length,
    readout: readoutKinds(readout, at),
  };
  if (shape.hidden % shape.heads !== 0)
    throw damaged(`${at}, options.heads`, `a divisor of ${shape.hidden}`, String(shape.heads));
  assertScaler(manifest, shape, at);
  const bytes = files.get(WEIGHTS);
  if (!bytes) throw damaged(`${place}/${WEIGHTS}`, "the weights", "no such file");
  const model: GnnModel = {
    shape,
    design: manifest.design,
    scaler: manifest.scaler,
    warmUp: {
      first: size(warmUpFirst, "options.warmUpFirst", at, 0),
      settled: size(warmUpSettled, "options.warmUpSettled", at, 0),
    },
    weights: checkedWeights(bytes, shape, `${place}/${WEIGHTS}`),
  };
  const { seed, knownAt, dataHash, scores, features } = manifest;
  const encoder = new GnnEncoder(model, {
    featureSet: features.set,
    featureSetHash: features.hash,
    featureNames: features.names,
    knownAt,
    seed,
    dataHash,
    options,
    scores,
  });
  if (encoder.version !== manifest.version) throw damaged(at, `version ${encoder.version}`, manifest.version);
  return encoder;
}

function checkedWeights(bytes: Uint8Array, shape: GnnShape, place: string): GnnWeights {
  const { tensors } = readSafetensors(bytes, place);
  const shapes = weightShapes(shape);
  const extra = Object.keys(tensors).find((name) => !(name in shapes));
  if (extra !== undefined) throw damaged(place, `tensors ${Object.keys(shapes).join(", ")}`, `also ${extra}`);
  return Object.fromEntries(
    Object.entries(shapes).map(([name, expected]) => {
      const tensor = tensors[name];
      if (!tensor || !(tensor.data instanceof Float32Array) || tensor.shape.join() !== expected.join())
        throw damaged(
          place,
          `${name} as F32 [${expected.join(", ")}]`,
          tensor ? `[${tensor.shape.join(", ")}]` : "none",
        );
      const bad = tensor.data.findIndex((value) => !Number.isFinite(value));
      if (bad >= 0) throw damaged(place, `finite numbers in ${name}`, `${tensor.data[bad]} at ${bad}`);
      return [name, tensor.data];
    }),
  );
}

function assertFeatures({ features }: Manifest, place: string): void {
  const set = featureSetByName(features.set);
  const hash = featureSetHash(set);
  if (hash === features.hash && outputNames(set).join() === features.names.join()) return;
  throw new RhymeError("mismatch", {
    place: `${place}, features`,
    expected: `feature set ${features.set} as this code defines it (${hash.slice(0, 16)})`,
    received: features.hash.slice(0, 16),
    remedy:
      "The definition of a feature has changed since: fit the encoder anew, or use the code it was fitted with.",
  });
}

function assertScaler({ design, scaler }: Manifest, { features }: GnnShape, place: string): void {
  for (const timeframe of design.timeframes) {
    const scaling = scaler[timeframe];
    if (scaling?.mean.length === features && scaling.sd.length === features) continue;
    throw damaged(
      `${place}, scaler.${timeframe}`,
      `${features} means and deviations`,
      String(scaling?.mean.length ?? "none"),
    );
  }
}

function size(value: unknown, field: string, place: string, least = 1): number {
  if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= 4096)
    return value as number;
  throw damaged(`${place}, ${field}`, `a whole number from ${least} to 4096`, String(value));
}

function layerKind(value: string, place: string): LayerKind {
  const kind = LAYER_KINDS.find((one) => one === value);
  if (kind) return kind;
  throw damaged(`${place}, kind`, `one of ${LAYER_KINDS.join(", ")}`, value);
}

function readoutKinds(value: unknown, place: string): ReadoutKind[] {
  const kinds = Array.isArray(value) ? value : [];
  if (kinds.length > 0 && kinds.every((kind) => READOUT_KINDS.includes(kind as ReadoutKind)))
    return kinds as ReadoutKind[];
  throw damaged(`${place}, options.readout`, `some of ${READOUT_KINDS.join(", ")}`, String(value));
}
