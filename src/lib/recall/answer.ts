import { z } from "zod";
import { LABELS } from "../context/context.ts";

// The shape of an answer, declared once: types, validation and JSON Schema derive from it.

const instant = z.iso.datetime();
const nullable = z.number().nullable();

/** Levels of every quantile that an answer states. */
export const LEVELS = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95] as const;
export const LEVEL_NAMES = ["0.05", "0.1", "0.25", "0.5", "0.75", "0.9", "0.95"] as const;

const contextSchema = z.object({
  ...(Object.fromEntries(LABELS.map((label) => [label, nullable])) as Record<
    (typeof LABELS)[number],
    typeof nullable
  >),
  matureAt: instant,
  crossesClose: z.boolean(),
});

const quantileSchema = z.object({
  quantiles: z.object(
    Object.fromEntries(LEVEL_NAMES.map((name) => [name, z.number()])) as Record<
      (typeof LEVEL_NAMES)[number],
      z.ZodNumber
    >,
  ),
  calibrated: z.boolean(),
});

const signSchema = z.object({
  probabilities: z.object({ "-1": z.number(), "0": z.number(), "1": z.number() }),
  calibrated: z.boolean(),
});

const forecastSchema = z.object({
  base: z.number(),
  residual: z.number(),
  neighbours: z.int(),
  shrink: z.number(),
  value: z.number(),
});

const neighbourSchema = z.object({
  id: z.uuid(),
  source: z.string(),
  symbol: z.string(),
  timeframe: z.string(),
  anchor: instant,
  distance: z.number(),
  weight: z.number(),
  episode: z.int(),
  matureAt: instant,
  context: contextSchema,
  /** Realised minus base forecast of logAtrRatio: how well such a moment was forecast. */
  surprise: nullable,
  lineage: z.object({ dataHash: z.string(), designHash: z.string(), encoderVersion: z.string() }),
});

const trustSchema = z.object({
  from: instant,
  to: instant,
  answers: z.int(),
  effectiveAnswers: z.number(),
  crps: z.number(),
  coverage80: z.number(),
  abstentions: z.number(),
  baselines: z.array(z.object({ name: z.string(), crps: z.number() })),
  bestBaseline: z.object({ name: z.string(), crps: z.number() }),
  /** Diebold-Mariano p of the answer against the best baseline, one-sided. */
  dieboldMarianoP: nullable,
  better: z.boolean(),
  /** The verdict in words: "recall adds nothing here" as plainly as a win. */
  sentence: z.string(),
});

/** There only where a question was asked with later knowledge than that of its own moment. */
const laterSchema = z.object({
  /** How often the past of the moment had been corrected by then: 0 is the moment as it was first known. */
  revision: z.int(),
  /** When those corrections became known. */
  corrections: z.array(instant),
  /** Only moments whose outcome was first known by then could answer. */
  maturedBy: instant.optional(),
});

export const answerSchema = z.object({
  schema: z.literal("rhyme.answer/1"),
  id: z.uuid(),
  question: z.object({
    tenant: z.string(),
    source: z.string(),
    symbol: z.string(),
    timeframe: z.string(),
    asOf: instant,
    anchor: instant,
    horizon: z.string(),
    k: z.int(),
    among: z.union([z.literal("all"), z.literal("same"), z.array(z.string())]),
  }),
  encoder: z.object({ version: z.string(), knownAt: instant, hindsight: z.boolean() }),
  data: z.object({ hash: z.string() }),
  later: laterSchema.optional(),
  neighbours: z.array(neighbourSchema),
  forecast: z.object({ logAtrRatio: forecastSchema }).nullable(),
  distribution: z
    .object({
      return: quantileSchema,
      roc: quantileSchema,
      atr: quantileSchema,
      logAtrRatio: quantileSchema,
      realisedVolatility: quantileSchema,
      rvi: quantileSchema,
      maxGain: quantileSchema,
      maxLoss: quantileSchema,
      direction: signSchema,
      barrier: signSchema,
    })
    .nullable(),
  effectiveSampleSize: z.number(),
  abstained: z.boolean(),
  reason: z.string().nullable(),
  happened: contextSchema.nullable(),
  trust: trustSchema.nullable(),
});

export type Answer = z.infer<typeof answerSchema>;
export type AnswerNeighbour = z.infer<typeof neighbourSchema>;
export type Trust = z.infer<typeof trustSchema>;

/** JSON Schema of an answer, for people who read answers in other languages. */
export function answerJsonSchema(): object {
  return z.toJSONSchema(answerSchema);
}
