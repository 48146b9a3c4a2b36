import { z } from "zod";
import { LAYER_KINDS } from "../encoder/gnn/gnn-model.ts";
import { READOUT_KINDS } from "../encoder/gnn/readout.ts";
import { RhymeError } from "../errors.ts";

const whole = z.int().positive();
const share = z.number().min(0).max(1);
const horizons = z.array(z.string()).min(1);

const reconstruction = z.strictObject({
  kind: z.literal("reconstruction"),
  maskShare: z.number().gt(0).lt(1).default(0.4),
});
const contrast = z.strictObject({
  kind: z.literal("contrast"),
  horizons,
  anchors: whole.default(256),
  temperature: z.number().positive().default(0.1),
  futureTemperature: z.number().positive().default(0.5),
});
const vicreg = z.strictObject({
  kind: z.literal("vicreg"),
  anchors: whole.default(256),
  invariance: z.number().min(0).default(1),
  variance: z.number().min(0).default(1),
  covariance: z.number().min(0).default(0.04),
  noise: z.number().min(0).default(0.1),
  featureDropout: share.default(0.1),
  neighbourDropout: share.default(0.1),
  prefixCut: z.boolean().default(true),
});
const residual = z.strictObject({
  kind: z.literal("residual"),
  horizons,
  anchors: whole.default(1024),
});
const single = z.discriminatedUnion("kind", [reconstruction, contrast, vicreg, residual]);
const mixture = z.strictObject({
  kind: z.literal("mixture"),
  parts: z.array(z.strictObject({ weight: z.number().positive(), objective: single })).min(1),
});

/** A training run as one small file: every field may be left out, and what is left out has the value given here. */
const fitFileSchema = z.strictObject({
  schema: z.literal("rhyme.fit-options/1").default("rhyme.fit-options/1"),
  /** Finest first; default: that of the candles. */
  timeframes: z.array(z.string()).min(1).optional(),
  features: z.string().optional(),
  /** What differs from the default graph design. */
  design: z
    .strictObject({
      dilations: z.array(whole),
      cross: z.array(z.enum(["down", "up"])),
      crossPairs: z.enum(["adjacent", "all"]),
      weights: z.enum(["none", "timeDistance"]),
      windows: z.record(z.string(), whole),
    })
    .partial()
    .default({}),
  layer: z.enum(LAYER_KINDS).default("sage"),
  heads: whole.default(4),
  layers: whole.default(2),
  hidden: whole.default(64),
  dim: whole.default(64),
  readout: z.array(z.enum(READOUT_KINDS)).min(1).default(["last"]),
  objective: z
    .discriminatedUnion("kind", [reconstruction, contrast, vicreg, residual, mixture])
    .default({ kind: "reconstruction", maskShare: 0.4 }),
  seed: z.int().min(0).default(1),
  steps: whole.default(300),
  learningRate: z.number().positive().default(3e-3),
  warmUpSteps: z.int().min(0).default(20),
  clipNorm: z.number().positive().default(5),
  chunkNodes: whole.default(2600),
  validationShare: z.number().gt(0).lt(0.9).default(0.15),
  evaluateEvery: whole.default(25),
  patience: whole.default(6),
  /** The end of the fold, an instant or a date; default: all that the candles have. */
  until: z.string().optional(),
});

/** Options of one training run, defaults written out. */
export type FitFile = z.infer<typeof fitFileSchema>;
export type FitObjective = FitFile["objective"];

/** @throws RhymeError "usage" that names the first field which is wrong */
export function parseFitFile(value: unknown, place: string): FitFile {
  const parsed = fitFileSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new RhymeError("usage", {
    place: `${place}, ${issue.path.join(".") || "top"}`,
    expected: issue.message,
    received: JSON.stringify(valueAt(value, issue.path)) ?? "nothing",
    remedy: "./rhyme encoder fit --help lists the fields.",
  });
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | null)?.[key], value);
}
