import type { CandleStore } from "../candles/candle-store.ts";
import type { Encoder } from "../encoder/encoder.ts";
import type { Memory } from "../memory/memory.ts";
import type { Answer } from "../recall/answer.ts";
import { seriesOf, type Question } from "../recall/question.ts";
import { recall } from "../recall/recall.ts";
import type { RecallRecord } from "../recall/record-type.ts";
import { momentAsOf } from "./moment-as-of.ts";
import type { MomentsOptions } from "./moments.ts";

/** A question whose moment is made here. */
export type QuestionAsOf = Omit<Question, "encoder" | "moment"> & { readonly encoder: Encoder };

/**
 * `recall` for any `asOf`: with later knowledge than that of the anchor, the moment is made anew where its past was
 * corrected since (moment-as-of.ts); without, it is `recall` itself.
 * @throws RhymeError like recall and momentAsOf
 * @example
 * const then = await recallAsOf(folder.candles, memory, question, record);
 * const now = await recallAsOf(folder.candles, memory, { ...question, asOf: Date.now() }, record);
 */
export async function recallAsOf(
  store: CandleStore,
  memory: Memory,
  question: QuestionAsOf,
  record: RecallRecord | null = null,
  options: Omit<MomentsOptions, "horizons"> = {},
): Promise<Answer> {
  const { asOf, at, encoder, horizon } = question;
  const series = seriesOf(question);
  const anchor = asOf === undefined ? undefined : (await memory.at(series, at, Infinity))?.anchor;
  if (asOf === undefined || anchor === undefined || !(asOf > anchor)) return recall(memory, question, record);
  const moment = await momentAsOf(store, memory, encoder, { series, anchor, asOf, horizon }, options);
  return recall(memory, { ...question, moment }, record);
}
