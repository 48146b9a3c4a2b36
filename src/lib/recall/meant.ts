import { RhymeError } from "../errors.ts";
import type { Memory, Pattern } from "../memory/memory.ts";
import { iso, type EpochMs } from "../time/units.ts";
import type { Answer } from "./answer.ts";
import type { Known } from "./many.ts";
import { patternOf, type MomentAsOf, type Question } from "./question.ts";

/** A question with its moment, and with what may be known when it is answered. */
export interface Meant {
  /** The pattern as it is stored, with all that is known of it by now. */
  readonly stored: Pattern;
  /** The same moment as it was known by `known.asOf`. */
  readonly pattern: Pattern;
  readonly known: Known;
  /** What an answer with later knowledge says about itself; null where it is asked as of its anchor. */
  readonly later: NonNullable<Answer["later"]> | null;
}

/**
 * As of its anchor nothing that matured overlaps a question's own horizon. Later, something would: its own outcome,
 * and those of its neighbours in time, of every symbol. They are left `apart`.
 * @throws RhymeError naming what is wrong with the question
 */
export async function meantBy(memory: Memory, question: Question): Promise<Meant> {
  const stored = await patternOf(memory, question);
  const { asOf = stored.anchor, maturedBy } = question;
  if (!(asOf >= stored.anchor && asOf < Infinity)) throw tooEarly(stored.anchor, asOf);
  const pool = maturedBy === undefined ? {} : { maturedBy };
  if (asOf === stored.anchor) return { stored, pattern: stored, known: { asOf, ...pool }, later: null };
  const { pattern, corrections, horizonEnd } = momentOf(question, stored.anchor, asOf);
  return {
    stored,
    pattern,
    known: { asOf, ...pool, apart: { from: stored.anchor, to: horizonEnd } },
    later: {
      revision: pattern.revision,
      corrections: corrections.map(iso),
      ...(maturedBy === undefined ? {} : { maturedBy: iso(maturedBy) }),
    },
  };
}

function momentOf({ moment }: Question, anchor: EpochMs, asOf: EpochMs): MomentAsOf {
  if (moment?.pattern.anchor === anchor && moment.corrections.every((t) => t > anchor && t <= asOf))
    return moment;
  throw new RhymeError("usage", {
    place: "moment",
    expected: `the moment of ${iso(anchor)} as it was known by ${iso(asOf)}`,
    received: moment ? `that of ${iso(moment.pattern.anchor)}, corrected later or not` : "none",
    remedy: "Ask through recallAsOf, which makes it from the candles, or leave asOf out.",
  });
}

function tooEarly(anchor: EpochMs, asOf: EpochMs): RhymeError {
  return new RhymeError("time", {
    place: "asOf",
    expected: `an instant from ${iso(anchor)} on, that of the moment asked about`,
    received: Number.isFinite(asOf) ? iso(asOf) : `${asOf}`,
    remedy: "Ask about an earlier moment: what was not known yet cannot be asked about.",
  });
}
