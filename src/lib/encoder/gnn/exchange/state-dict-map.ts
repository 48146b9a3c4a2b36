import { z } from "zod";
import { RhymeError } from "../../../errors.ts";
import { EDGE_KINDS } from "../../../graph/graph.ts";
import type { GnnShape } from "../gnn-model.ts";
import { weightShapes } from "../gnn-model.ts";
import { READOUT_KINDS } from "../readout.ts";

export const MAP_FORMAT = "rhyme.state-dict-map/1";

const sourceSchema = z.union([
  z.strictObject({
    /** Name in the state dict. */
    from: z.string().min(1),
    /** The state dict keeps [columns, rows], as `torch.nn.Linear` does. */
    transpose: z.boolean().optional(),
    /** This entry along its first axis, as RGCNConv keeps a matrix per relation. */
    index: z.int().min(0).optional(),
    /** One row there, for all rows here: a bias that does not know timeframes. */
    repeat: z.boolean().optional(),
  }),
  /** Nothing in the state dict: zeros, or ones on the diagonal. */
  z.strictObject({ fill: z.enum(["zeros", "identity"]) }),
]);

const mapSchema = z.strictObject({
  format: z.literal(MAP_FORMAT),
  /** Sizes of the model; what is left out is as in the base artefact. */
  shape: z
    .strictObject({
      layer: z.string(),
      heads: z.int(),
      hidden: z.int(),
      layers: z.int(),
      dim: z.int(),
      readout: z.array(z.enum(READOUT_KINDS)).min(1),
    })
    .partial()
    .optional(),
  weights: z.record(z.string(), sourceSchema),
  /** Names of the state dict that are not needed; `name.*` for all that begin so. */
  ignore: z.array(z.string()).optional(),
});

/** Where each weight of an encoder is in somebody's state dict. */
export type StateDictMap = z.infer<typeof mapSchema>;
export type WeightSource = z.infer<typeof sourceSchema>;

/** A map from JSON text. @throws RhymeError "input" naming the field. */
export function parseStateDictMap(text: string, place: string): StateDictMap {
  const fail = (at: string, expected: string, received: string): RhymeError =>
    new RhymeError("input", {
      place: at,
      expected,
      received,
      remedy:
        "See docs/encoders-pyg.md for a whole map; ./rhyme encoder export --to safetensors writes one, too.",
    });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw fail(place, "a JSON document", (error as Error).message);
  }
  const parsed = mapSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw fail(
    `${place}, ${issue.path.join(".") || "top"}`,
    `a map of format ${MAP_FORMAT}: weights, each with from (transpose, index, repeat) or fill`,
    issue.message,
  );
}

/** Names and transpositions of scripts/pyg/rhyme_pyg.py, an encoder made of PyTorch Geometric's layers. */
export function pygMap(shape: GnnShape): StateDictMap {
  const { layer, heads, hidden, layers, dim, readout } = shape;
  return {
    format: MAP_FORMAT,
    shape: { layer, heads, hidden, layers, dim, readout: [...readout] },
    weights: Object.fromEntries(
      Object.keys(weightShapes(shape)).map((name) => [name, pygSource(name, shape)]),
    ),
  };
}

function pygSource(name: string, { layer }: GnnShape): WeightSource {
  const own = /^layer(\d+)\.(.*)$/.exec(name);
  if (!own) return OUTSIDE[name]!;
  const of = layer === "sage-max" ? "sage" : layer === "gine" ? "gin" : layer;
  const source = own[2] === "bias" ? TIMEFRAME : INSIDE[of]![own[2]!]!;
  return { ...source, from: `layers.${own[1]}.${source.from}` };
}

type Named = Extract<WeightSource, { readonly from: string }>;
const linear = (from: string): Named => ({ from, transpose: true });

const TIMEFRAME: Named = { from: "timeframe.weight" };

const INSIDE: Readonly<Record<string, Readonly<Record<string, Named>>>> = {
  sage: { self: linear("conv.lin_r.weight"), neighbours: linear("conv.lin_l.weight") },
  relational: {
    self: { from: "conv.root" },
    ...Object.fromEntries(
      EDGE_KINDS.map((kind, index) => [`neighbours.${kind}`, { from: "conv.weight", index }]),
    ),
  },
  gin: {
    eps: { from: "conv.eps" },
    first: linear("first.weight"),
    firstBias: TIMEFRAME,
    second: linear("second.weight"),
    secondBias: { from: "second.bias" },
    edge: linear("conv.lin.weight"),
  },
  gat: {
    self: linear("conv.res.weight"),
    value: linear("conv.lin.weight"),
    sender: { from: "conv.att_src" },
    receiver: { from: "conv.att_dst" },
    attendEdge: { from: "conv.att_edge" },
    edge: linear("conv.lin_edge.weight"),
  },
  gatv2: {
    self: linear("conv.res.weight"),
    value: linear("conv.lin_l.weight"),
    query: linear("conv.lin_r.weight"),
    edge: linear("conv.lin_edge.weight"),
    attend: { from: "conv.att" },
  },
};

const OUTSIDE: Readonly<Record<string, Named>> = {
  "readout.attention": { from: "attention.weight" },
  "readout.attentionBias": { from: "attention.bias" },
  "projection.weight": linear("projection.weight"),
  "projection.bias": { from: "projection.bias" },
};
