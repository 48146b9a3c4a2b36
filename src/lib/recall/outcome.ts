import type { Context } from "../context/context.ts";
import type { Memory, Pattern } from "../memory/memory.ts";
import type { Horizon } from "../time/horizon.ts";
import type { EpochMs } from "../time/units.ts";
import { seriesOf } from "./question.ts";

/**
 * What followed a moment, as it was known by `asOf`; where nothing was known by then, as it was first known. Neither
 * ever changes, whatever corrections come: an outcome that is told once is told the same for ever. Null while pending.
 * @param pattern the moment with all that is stored of it by now
 */
export async function outcomeAsOf(
  memory: Memory,
  pattern: Pattern,
  horizon: Horizon,
  asOf: EpochMs,
): Promise<Context | null> {
  const [first, newest] = [pattern.matureAt[horizon], pattern.contexts[horizon]];
  if (first === undefined || newest === undefined) return null;
  const by = Math.max(asOf, first);
  if (newest.matureAt <= by) return newest;
  return (await memory.at(seriesOf(pattern), pattern.anchor, by))?.contexts[horizon] ?? null;
}

/** What followed a moment as it was first known: what a record of past answers keeps. */
export function firstOutcome(memory: Memory, pattern: Pattern, horizon: Horizon): Promise<Context | null> {
  return outcomeAsOf(memory, pattern, horizon, -Infinity);
}
