import { LABELS, type Label } from "../context/context.ts";
import type { Memory } from "../memory/memory.ts";
import { LEVELS, LEVEL_NAMES, type Answer } from "./answer.ts";
import type { Question } from "./question.ts";
import { recall } from "./recall.ts";
import type { RecallRecord } from "./record-type.ts";

type QuantileName = Exclude<Label, "direction" | "barrier">;

const QUANTILE_NAMES = LABELS.filter(
  (label): label is QuantileName => label !== "direction" && label !== "barrier",
);
const NUMBERS = [
  "anchor",
  "abstained",
  "base",
  "residual",
  "neighbours",
  "shrink",
  "value",
  "effectiveSampleSize",
  "nearest",
  "up",
  "down",
] as const;

/** Answers to A questions as columns, in the order asked; NaN where there is no number. */
export interface AnswerColumns extends Readonly<Record<(typeof NUMBERS)[number], Float64Array>> {
  readonly id: readonly string[]; // [A]
  readonly reason: readonly (string | null)[]; // [A]
  /** Quantiles at LEVELS, row-major. */
  readonly quantiles: Readonly<Record<QuantileName, Float64Array>>; // each [A, 7]
}

/**
 * `recall` for many questions, each as of its own anchor, as columns. `records` may hold several series and
 * horizons: a question uses the one that speaks about it, or none.
 */
export async function recallMany(
  memory: Memory,
  questions: readonly Question[],
  records: RecallRecord | readonly RecallRecord[] | null = null,
  options: { readonly signal?: AbortSignal } = {},
): Promise<AnswerColumns> {
  const list = records === null ? [] : "schema" in records ? [records] : records;
  const columns = Object.fromEntries(
    NUMBERS.map((name) => [name, new Float64Array(questions.length).fill(NaN)]),
  ) as Record<(typeof NUMBERS)[number], Float64Array>;
  const quantiles = Object.fromEntries(
    QUANTILE_NAMES.map((name) => [name, new Float64Array(questions.length * LEVELS.length).fill(NaN)]),
  ) as Record<QuantileName, Float64Array>;
  const [id, reason]: [string[], (string | null)[]] = [[], []];
  for (const [row, question] of questions.entries()) {
    options.signal?.throwIfAborted();
    const answer = await recall(memory, question, list.find((record) => isAbout(record, question)) ?? null);
    id.push(answer.id);
    reason.push(answer.reason);
    for (const name of NUMBERS) columns[name][row] = numberOf(answer, name);
    for (const name of QUANTILE_NAMES)
      LEVEL_NAMES.forEach((level, j) => {
        quantiles[name][row * LEVELS.length + j] = answer.distribution?.[name].quantiles[level] ?? NaN;
      });
  }
  return { ...columns, id, reason, quantiles };
}

function isAbout(record: RecallRecord, question: Question): boolean {
  return (
    record.tenant === question.tenant &&
    record.horizon === question.horizon &&
    record.encoder.version === question.encoder.version &&
    record.series.source === question.source &&
    record.series.symbol === question.symbol &&
    record.series.timeframe === question.timeframe
  );
}

function numberOf(answer: Answer, name: (typeof NUMBERS)[number]): number {
  switch (name) {
    case "anchor":
      return Date.parse(answer.question.anchor);
    case "abstained":
      return answer.abstained ? 1 : 0;
    case "effectiveSampleSize":
      return answer.effectiveSampleSize;
    case "nearest":
      return answer.neighbours[0]?.distance ?? NaN;
    case "up":
      return answer.distribution?.direction.probabilities["1"] ?? NaN;
    case "down":
      return answer.distribution?.direction.probabilities["-1"] ?? NaN;
    case "base":
    case "residual":
    case "neighbours":
    case "shrink":
    case "value":
      return answer.forecast?.logAtrRatio[name] ?? NaN;
  }
}
