import { failureReason } from "../failure-type.ts";
import type { SeriesRef } from "../job.ts";
import type { Advanced } from "./advance.ts";
import type { Answered, AnswerInput } from "./answer.ts";
import type { Polled } from "./poll.ts";

/** The parts of a look; each may be done twice, late, or by another worker. */
export interface LookParts {
  /** New candles into the truth. */
  pollSource(ref: SeriesRef): Promise<Polled>;
  /** New candles → moments and outcomes. */
  advance(ref: SeriesRef): Promise<Advanced>;
  /** New moments → answers in the log. */
  answer(input: AnswerInput): Promise<Answered>;
}

/** What came of one look at a series. */
export interface Looked extends Polled, Pick<Advanced, "anchors" | "newest" | "encoder"> {
  /** Why the source could not be asked; it is with the next look. null: it could. */
  readonly trouble: string | null;
  readonly answered: Answered;
}

/**
 * Everything that a candle brings, in one go: on its way to the answer nothing goes through the server. What is outside
 * the memory may fail, and is asked again with the next look; what fails in the memory ends the look.
 */
export async function lookAt(input: AnswerInput, parts: LookParts, signal: AbortSignal): Promise<Looked> {
  const { after, patient, ...ref } = input;
  let trouble: string | null = null;
  const { added, late } = await parts.pollSource(ref).catch((error: unknown): Polled => {
    signal.throwIfAborted();
    trouble = failureReason(error);
    return { added: 0, late: 0 };
  });
  const { anchors, newest, encoder } = await parts.advance(ref);
  const answered = await parts.answer({ ...ref, after, patient });
  return { added, late, trouble, anchors, newest, encoder, answered };
}
