import { setImmediate as nextTurn } from "node:timers/promises";
import * as fc from "fast-check";
import { checkHistory } from "../../lib/evaluation/look-ahead/check-history.ts";
import { explain } from "../../lib/evaluation/look-ahead/explain.ts";
import type { History } from "../../lib/evaluation/look-ahead/history.ts";
import type { Subject } from "../../lib/evaluation/look-ahead/subject.ts";
import { arbitraryAt, drawing, historiesOf, type Chunk, type Found } from "./chunk.ts";

/** Histories that are tried on the way to the smallest, at most. */
const MOST_TRIALS = 500;

/** The smallest history found that still breaks the law, and what a person needs to know. */
export interface Smallest {
  readonly history: History;
  readonly sentence: string;
  /** How much later than the value the last thing that changes it is known, in ms; null where that is unknown. */
  readonly aheadMs: number | null;
  readonly trials: number;
}

/**
 * Shrinks the history of a violation, and explains what is left.
 * @throws the reason of the signal
 */
export async function smallestOf(
  chunk: Chunk,
  { history }: Pick<Found, "history">,
  subject: Subject,
  signal?: AbortSignal,
): Promise<Smallest> {
  let trials = 0;
  const holds = async (one: History): Promise<boolean> => {
    await nextTurn(); // or no signal arrives
    if (signal?.aborted || trials++ >= MOST_TRIALS) return true;
    return (await checkHistory(one, [subject])).violations.length === 0;
  };
  const result = await fc.check(fc.asyncProperty(arbitraryAt(chunk, history), holds), {
    ...drawing(chunk),
    path: String(history),
    numRuns: 1,
  });
  signal?.throwIfAborted();
  const smallest = result.counterexample?.[0] ?? historiesOf(chunk)[history]!;
  const [violation] = (await checkHistory(smallest, [subject])).violations;
  if (!violation)
    return { history: smallest, sentence: "it breaks the law only now and then", aheadMs: null, trials };
  const { sentence, aheadMs } = await explain(smallest, subject, violation);
  return { history: smallest, sentence, aheadMs, trials };
}
