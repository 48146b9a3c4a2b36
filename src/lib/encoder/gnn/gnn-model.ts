import type { GraphDesign } from "../../graph/graph-design.ts";
import { EDGE_KINDS } from "../../graph/graph.ts";
import type { Rng } from "../../math/rng.ts";
import type { Scaler } from "../scaler.ts";
import type { ReadoutKind } from "./readout.ts";

// F features, H hidden, D embedding size, L layers, T timeframes, R readout kinds, A edge attributes

/**
 * How a layer mixes a node with its neighbours; `kernels/` holds one file for each, with its formula.
 * - `sage`, `sage-max`: Hamilton, Ying & Leskovec 2017, GraphSAGE, mean and maximum.
 * - `relational`: Schlichtkrull et al. 2018, R-GCN, a mean and a matrix for each kind of edge.
 * - `gin`: Xu et al. 2019; `gine`: Hu et al. 2020, the same with edge attributes.
 * - `gat`: Veličković et al. 2018; `gatv2`: Brody, Alon & Yahav 2022.
 */
export const LAYER_KINDS = ["sage", "sage-max", "relational", "gin", "gine", "gat", "gatv2"] as const;
export type LayerKind = (typeof LAYER_KINDS)[number];

/** Attributes of an edge: one-hot of EDGE_KINDS, then `timeWeight` of the time between its ends. */
export const EDGE_ATTRIBUTES: number = EDGE_KINDS.length + 1; // A

/** Sizes of an encoder; with the design they fix the shape of every weight. */
export interface GnnShape {
  readonly layer: LayerKind;
  /** Attention heads, a divisor of H; 1 for kinds without attention. */
  readonly heads: number;
  readonly features: number; // F
  readonly hidden: number; // H, a multiple of 4
  readonly layers: number; // L
  readonly dim: number; // D, a multiple of 4
  readonly timeframes: number; // T
  readonly readout: readonly ReadoutKind[]; // R
}

/** Named weights, row-major: what safetensors stores and TensorFlow.js trains. */
export type GnnWeights = Readonly<Record<string, Float32Array>>;

/** Names and [rows, columns] of weights. */
export type WeightShapes = Readonly<Record<string, readonly [rows: number, columns: number]>>;

/** Everything that inference needs, as plain data. */
export interface GnnModel {
  readonly shape: GnnShape;
  readonly design: GraphDesign;
  readonly scaler: Scaler;
  /** Bars before a row of features is defined, and until it has settled: from the feature set. */
  readonly warmUp: { readonly first: number; readonly settled: number };
  readonly weights: GnnWeights;
}

/** Whether layers of this kind weigh neighbours by attention, and so have heads. */
export function hasHeads(layer: LayerKind): boolean {
  return layer === "gat" || layer === "gatv2";
}

/** Whether layers of this kind read the attributes of edges. */
export function readsEdges(layer: LayerKind): boolean {
  return layer === "gine" || hasHeads(layer);
}

/** Numbers that a layer keeps of each node for those that hear it: the values of attention, and for `gat` its scores. */
export function keptWidth({ layer, hidden, heads }: GnnShape): number {
  if (layer === "gat") return hidden + heads;
  return layer === "gatv2" ? hidden : 0;
}

/** Inputs of layer `layer`: features first, then hidden units. */
export function layerInputs(shape: GnnShape, layer: number): number {
  return layer === 0 ? shape.features : shape.hidden;
}

/**
 * Names and shapes of the message-passing weights: `layer<l>.` and what its kind has. A bias is one for each timeframe,
 * which is a one-hot timeframe appended to the input.
 */
export function layerShapes(shape: GnnShape): WeightShapes {
  const shapes: Record<string, readonly [number, number]> = {};
  for (let layer = 0; layer < shape.layers; layer++)
    for (const [name, of] of Object.entries(shapesOfLayer(shape, layerInputs(shape, layer))))
      shapes[`layer${layer}.${name}`] = of;
  return shapes;
}

function shapesOfLayer({ layer, hidden: H, heads, timeframes: T }: GnnShape, inputs: number): WeightShapes {
  const dense = [inputs, H] as const;
  const perHead = [heads, H / heads] as const;
  const edge = [EDGE_ATTRIBUTES, H] as const;
  const bias = [T, H] as const;
  const twoLayers = {
    eps: [1, 1],
    first: dense,
    firstBias: bias,
    second: [H, H],
    secondBias: [1, H],
  } as const;
  switch (layer) {
    case "sage":
    case "sage-max":
      return { self: dense, neighbours: dense, bias };
    case "relational":
      return {
        self: dense,
        ...Object.fromEntries(EDGE_KINDS.map((kind) => [`neighbours.${kind}`, dense])),
        bias,
      };
    case "gin":
      return twoLayers;
    case "gine":
      return { ...twoLayers, edge: [EDGE_ATTRIBUTES, inputs] };
    case "gat":
      return {
        self: dense,
        value: dense,
        sender: perHead,
        receiver: perHead,
        attendEdge: perHead,
        edge,
        bias,
      };
    case "gatv2":
      return { self: dense, value: dense, query: dense, edge, attend: perHead, bias };
  }
}

/** Names and shapes of what the readouts learn. */
export function readoutShapes({ readout, timeframes, hidden }: GnnShape): WeightShapes {
  if (!readout.includes("attention")) return {};
  return { "readout.attention": [timeframes, hidden], "readout.attentionBias": [timeframes, 1] };
}

/** Names and shapes of all weights; the projection takes the readouts of all timeframes, fine to coarse. */
export function weightShapes(shape: GnnShape): WeightShapes {
  return {
    ...layerShapes(shape),
    ...readoutShapes(shape),
    "projection.weight": [shape.timeframes * shape.readout.length * shape.hidden, shape.dim],
    "projection.bias": [1, shape.dim],
  };
}

/** Layers and readouts before any training, in the order of their names; the numbers are drawn one after the other. */
export function initialLayers(shape: GnnShape, rng: Rng): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries({ ...layerShapes(shape), ...readoutShapes(shape) }).map(([name, [rows, columns]]) => {
      const sd = initialDeviation(name, rows, columns, shape.layer);
      return [name, sd === 0 ? new Float32Array(rows * columns) : gaussian(rows, columns, sd, rng)];
    }),
  );
}

/** Neighbours that a sum runs over, about: it should start as large as a mean would be. */
const SUMMED = 8;

/**
 * He initialisation (He et al. 2015), its variance shared out among the matrices that add up; Glorot's (Glorot &
 * Bengio 2010) for what scores attention; biases and eps start at zero.
 */
function initialDeviation(name: string, rows: number, columns: number, layer: LayerKind): number {
  const part = name.slice(name.indexOf(".") + 1);
  if (/bias$/i.test(part) || part === "eps") return 0;
  if (part === "first") return Math.sqrt(2 / rows) / SUMMED;
  if (part === "second") return Math.sqrt(2 / rows);
  if (part === "edge" && layer === "gine") return 0.5;
  if (part === "edge" || /^(sender|receiver|attend)/.test(part)) return Math.sqrt(2 / (rows + columns));
  if (name === "readout.attention") return Math.sqrt(2 / (1 + columns));
  return Math.sqrt((layer === "relational" ? 0.5 : 1) / rows);
}

/** [rows, columns] normal numbers of standard deviation `sd`. */
export function gaussian(rows: number, columns: number, sd: number, rng: Rng): Float32Array {
  return Float32Array.from({ length: rows * columns }, () => sd * rng.normal());
}

/**
 * A shape as hashes tell it. GraphSAGE had neither layer kind nor heads when its first encoders were stored: their
 * versions stay.
 */
export function describedShape(shape: GnnShape): object {
  const { layer, heads, ...sizes } = shape;
  return layer === "sage" ? sizes : { layer, heads, ...sizes };
}
