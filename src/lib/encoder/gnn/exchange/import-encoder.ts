import { RhymeError } from "../../../errors.ts";
import type { EpochMs } from "../../../time/units.ts";
import type { Tensor } from "../../safetensors.ts";
import { GnnEncoder } from "../gnn-encoder.ts";
import { hasHeads, LAYER_KINDS, type GnnShape, type LayerKind } from "../gnn-model.ts";
import { importStateDict } from "./import-state-dict.ts";
import type { StateDictMap } from "./state-dict-map.ts";

export interface ImportOptions {
  /** The newest fact that training has seen; never before the base's own, whose scaling is used. */
  readonly knownAt: EpochMs;
  /** What errors call the state dict. */
  readonly place: string;
  /** What errors call the map. */
  readonly mapPlace: string;
}

/**
 * An encoder with weights trained elsewhere: design, features, scaling and warm-up are those of `base`, sizes too where
 * the map says no others.
 * @throws RhymeError for sizes that cannot be, for a knownAt before the base's, and as importStateDict does
 */
export function importEncoder(
  base: GnnEncoder,
  tensors: Readonly<Record<string, Tensor>>,
  map: StateDictMap,
  { knownAt, place, mapPlace }: ImportOptions,
): GnnEncoder {
  if (knownAt < base.knownAt)
    throw new RhymeError("time", {
      place: "--known-at",
      expected: `an instant from ${new Date(base.knownAt).toISOString()} on, when the scaling of ${base.version} was known`,
      received: new Date(knownAt).toISOString(),
      remedy: "Give the newest candle that the training has seen, or take an older base.",
    });
  const shape = shapeOf(base.model.shape, map, mapPlace);
  const weights = importStateDict(tensors, map, shape, place);
  return new GnnEncoder(
    { ...base.model, shape, weights },
    { ...base.origin, knownAt, seed: 0, options: { importedOver: base.version }, scores: {} },
  );
}

function shapeOf(base: GnnShape, { shape = {} }: StateDictMap, place: string): GnnShape {
  const wrong = (field: string, expected: string, received: string): RhymeError =>
    new RhymeError("input", {
      place: `${place}, shape.${field}`,
      expected,
      received,
      remedy: "Correct the map.",
    });
  const layer = (shape.layer ?? base.layer) as LayerKind;
  if (!LAYER_KINDS.includes(layer)) throw wrong("layer", `one of ${LAYER_KINDS.join(", ")}`, layer);
  const { hidden = base.hidden, layers = base.layers, dim = base.dim } = shape;
  for (const [name, value] of Object.entries({ hidden, dim }))
    if (value < 4 || value % 4 !== 0 || value > 4096)
      throw wrong(name, "a multiple of 4 up to 4096", String(value));
  if (layers < 1 || layers > 3) throw wrong("layers", "1, 2 or 3", String(layers));
  const heads = hasHeads(layer) ? (shape.heads ?? base.heads) : 1;
  if (heads < 1 || hidden % heads !== 0) throw wrong("heads", `a divisor of ${hidden}`, String(heads));
  return { ...base, layer, heads, hidden, layers, dim, readout: shape.readout ?? base.readout };
}
