import type { SeriesKey } from "../../candles/candle-series.ts";
import type { CandleStore } from "../../candles/candle-store.ts";
import type { Encoder } from "../../encoder/encoder.ts";
import { RhymeError } from "../../errors.ts";
import type { Memory } from "../../memory/memory.ts";
import type { Answer } from "../../recall/answer.ts";
import { seriesOf, type MomentAsOf, type Question } from "../../recall/question.ts";
import { recall } from "../../recall/recall.ts";
import type { RecallRecord } from "../../recall/record-type.ts";
import { anchorBar, momentAsOf } from "../../remember/moment-as-of.ts";
import { iso, type EpochMs } from "../../time/units.ts";
import type { ChangeReport, CorrectionStep } from "./change-report.ts";
import { correctionsFor, type CameFrom } from "./corrected-series.ts";
import { differenceOf, differingParts, type Told } from "./difference.ts";

export interface ExplainOptions {
  readonly store: CandleStore;
  readonly memory: Memory;
  readonly encoder: Encoder;
  /** The answer as it was said. */
  readonly answer: Answer;
  /** The record that such an answer is given with now, if there is one. */
  readonly record: RecallRecord | null;
  /** Series of the answer's base timeframe whose moments this memory holds. */
  readonly members: readonly SeriesKey[];
  /** Corrections that became known later are left out; Infinity for all. */
  readonly until: EpochMs;
  readonly cameFrom?: CameFrom;
  readonly signal?: AbortSignal;
  /** Awaited before each correction, so that a caller may let other work run. */
  readonly onProgress?: (done: number, total: number) => void | Promise<void>;
}

/**
 * Which correction changed what of an answer. The question is asked again as of its own time, and then with each
 * correction in the order in which they became known: with what was known by its instant, but of the moments whose
 * outcome had been known when the answer was given and no others (`maturedBy`), so that only facts that were corrected
 * differ and not how much time has passed. The record keeps what was known first, so it changes nothing here.
 * @throws RhymeError "usage" where `until` is before the answer; the signal's reason when stopped
 */
export async function explainChanges(options: ExplainOptions): Promise<ChangeReport> {
  const { store, memory, encoder, answer, until, signal, onProgress, cameFrom = () => [] } = options;
  const { question } = answer;
  const [anchor, asOf] = [Date.parse(question.anchor), Date.parse(question.asOf)];
  if (!(until >= asOf)) throw tooEarly(question.asOf, until);
  const of = { series: seriesOf(question), anchor, horizon: question.horizon };
  const moment = await momentAsOf(store, memory, encoder, { ...of, asOf }, stopping(signal));
  const { first, withRecord, record } = await askedAgain(options, moment);
  const lastOpen = anchorBar(store, of.series, anchor)!.openTime;
  const members = membersOf(answer, options.members);
  const found = correctionsFor(store, answer, members, lastOpen, { until, cameFrom });
  const steps: CorrectionStep[] = [];
  let [last, then] = [first, moment];
  for (const [done, { knownAt, series }] of found.entries()) {
    await onProgress?.(done, found.length);
    signal?.throwIfAborted();
    if (series.some(({ ofMoment }) => ofMoment))
      then = await momentAsOf(store, memory, encoder, { ...of, asOf: knownAt }, stopping(signal));
    const asked = { ...questionOf(answer, encoder), asOf: knownAt, maturedBy: asOf, moment: then };
    const next = { answer: await recall(memory, asked, record), pattern: then.pattern };
    steps.push({ knownAt: iso(knownAt), series, difference: differenceOf(last, next) });
    last = next;
  }
  const same = first.answer.id === answer.id;
  return {
    answer: { id: answer.id, question },
    knownBy: until === Infinity ? null : iso(until),
    again: { id: first.answer.id, same, parts: differingParts(said(answer), said(first.answer)), withRecord },
    corrections: steps,
    altogether: differenceOf(first, last),
  };
}

/** The answer as of its own time, asked with the record or, where only that gives what was said, without. */
async function askedAgain(
  { memory, encoder, answer, record }: ExplainOptions,
  moment: MomentAsOf,
): Promise<{ readonly first: Told; readonly record: RecallRecord | null; readonly withRecord: boolean }> {
  const asOf = Date.parse(answer.question.asOf);
  const question = { ...questionOf(answer, encoder), asOf, moment };
  const { pattern } = moment;
  const ask = async (used: RecallRecord | null): Promise<Told> => ({
    answer: await recall(memory, question, used),
    pattern,
  });
  const [whole, bare] = [await ask(record), record && (await ask(null))];
  if (bare && whole.answer.id !== answer.id && bare.answer.id === answer.id)
    return { first: bare, record: null, withRecord: false };
  return { first: whole, record, withRecord: record !== null };
}

function questionOf({ question, encoder: { hindsight } }: Answer, encoder: Encoder): Question {
  const { tenant, source, symbol, timeframe, anchor, horizon, k, among } = question;
  const at = Date.parse(anchor);
  return { tenant, source, symbol, timeframe, at, horizon, k, among, encoder, hindsight };
}

/** Those of the series that the answer asked. */
function membersOf({ question }: Answer, members: readonly SeriesKey[]): readonly SeriesKey[] {
  const { among, symbol, timeframe } = question;
  const names = among === "same" ? [symbol] : among;
  const asked = members.filter((key) => key.timeframe === timeframe);
  return names === "all" ? asked : asked.filter((key) => key.symbol === symbol || names.includes(key.symbol));
}

/** What happened becomes known after an answer and is no part of what was said. */
function said(answer: Answer): Answer {
  return { ...answer, happened: null };
}

function stopping(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal ? { signal } : {};
}

function tooEarly(asOf: string, until: EpochMs): RhymeError {
  return new RhymeError("usage", {
    place: "known-at",
    expected: `an instant from ${asOf} on, with what the answer was known then`,
    received: Number.isFinite(until) ? iso(until) : `${until}`,
    remedy: "Name a later instant, or leave it out for every correction so far.",
  });
}
