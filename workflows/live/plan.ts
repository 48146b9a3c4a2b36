import type { Ending } from "../control.ts";
import { failureReason } from "../failure-type.ts";
import type { SeriesRef } from "../job.ts";
import type { LiveActivities } from "./activities.ts";
import type { Answered } from "./answer.ts";

/** What one run hands to the next: where the answers are, and what has been done. */
export interface LiveFrom extends SeriesRef, LiveCounts {
  /** The newest moment that was answered; null: begin behind the newest in the log, or with the newest there is. */
  readonly answered: number | null;
}

export interface LiveCounts {
  readonly candles: number;
  readonly anchors: number;
  readonly answers: number;
  readonly abstained: number;
  /** Late bars and corrections. */
  readonly late: number;
  /** Moments that were missed while nobody followed, and were too many to answer. */
  readonly leftOut?: number;
}

export interface LiveProgress extends LiveCounts {
  /** The newest moment, epoch ms. */
  readonly newest: number | null;
  readonly answered: number | null;
  /** Series that the next answer waits for. */
  readonly waitsFor: number;
  /** Why the source could not be asked, or the index not be written; null: they could. */
  readonly trouble: string | null;
}

/** What a plan that lives long sees of its conductor. */
export interface LiveControl {
  /** Until somebody says that there are candles, or this long; what was said since the last time counts. */
  wait(ms: number): Promise<void>;
  /** This long, whatever is said. */
  pause(ms: number): Promise<void>;
  /** Time by the conductor's clock, ms. */
  now(): number;
  /** Asked to end once everything that is there has been answered. */
  ending(): boolean;
  /** The history is long: begin a new run. */
  full(): boolean;
  report(progress: LiveProgress): void;
}

/** What is known of a series before its first look. */
export function progressFrom(from: LiveFrom): LiveProgress {
  return { ...countsOf(from), newest: null, answered: from.answered, waitsFor: 0, trouble: null };
}

/** How often it looks whether the series that an answer waits for have come, ms. */
const LOOK_MS = 1_000;

export function liveFrom(ref: SeriesRef, answered: number | null = null): LiveFrom {
  return { ...ref, answered, candles: 0, anchors: 0, answers: 0, abstained: 0, late: 0, leftOut: 0 };
}

/**
 * Follows one series for ever: looks at its source, stores what is new, embeds, labels and answers it, oldest first, and
 * waits for the next candle. A source that fails is told of and asked again; what fails for good ends it.
 */
export async function livePlan(
  from: LiveFrom,
  steps: LiveActivities,
  control: LiveControl,
): Promise<Ending<LiveFrom, LiveCounts>> {
  const { memory, job, series } = from;
  const ref = { memory, job, series };
  const { everyMs, patienceMs, hasIndex, stopped = false } = await steps.openLive(ref);
  if (stopped) return { kind: "done", result: countsOf(from) };
  let state = from;
  let progress = progressFrom(from);
  const report = (news: Partial<LiveProgress>): void => {
    progress = { ...progress, ...countsOf(state), answered: state.answered, ...news };
    control.report(progress);
  };
  for (;;) {
    const isLast = control.ending(); // a look that begins after it was asked to: it sees all that was there by then
    let trouble: string | null = null;
    const polled = await outside(steps.pollSource(ref), (said) => (trouble = said));
    const { added, late } = polled ?? { added: 0, late: 0 };
    state = { ...state, candles: state.candles + added, late: state.late + late };
    const { anchors, newest } = await steps.advance(ref);
    state = { ...state, anchors: state.anchors + anchors };
    report({ newest, trouble });
    const before = state.answered;
    await answerAll((patient) => steps.answer({ ...ref, after: state.answered, patient }), {
      control,
      patienceMs,
      onAnswered: (said) => {
        state = {
          ...state,
          ...{ answered: said.through, answers: state.answers + said.answers },
          abstained: state.abstained + said.abstained,
          leftOut: (state.leftOut ?? 0) + (said.leftOut ?? 0),
        };
        report({ waitsFor: said.waitsFor });
      },
    });
    if (hasIndex && state.answered !== before) {
      const shown = await outside(steps.show(ref), (said) => (trouble ??= said));
      report({ trouble: trouble ?? shown?.failure ?? null });
    }
    if (isLast) return { kind: "done", result: countsOf(state) };
    if (control.full()) return { kind: "continue", state };
    await control.wait(everyMs);
  }
}

/** What is outside the memory may fail: it is asked again with the next candle. null: it did. */
async function outside<T>(work: Promise<T>, onTrouble: (trouble: string | null) => void): Promise<T | null> {
  try {
    const said = await work;
    onTrouble(null);
    return said;
  } catch (error) {
    if (isCancelled(error)) throw error;
    onTrouble(failureReason(error));
    return null;
  }
}

/** Answers everything that is there; waits for the moments of other series as long as `patienceMs` in all. */
async function answerAll(
  answer: (patient: boolean) => Promise<Answered>,
  {
    control,
    patienceMs,
    onAnswered,
  }: { control: LiveControl; patienceMs: number; onAnswered: (said: Answered) => void },
): Promise<void> {
  let waitedSince: number | null = null;
  for (;;) {
    const patient = waitedSince === null || control.now() - waitedSince < patienceMs;
    const said = await answer(patient);
    onAnswered(said);
    if (!said.more) return;
    if (said.waitsFor === 0) continue;
    waitedSince ??= control.now();
    await control.pause(Math.min(LOOK_MS, patienceMs));
  }
}

function countsOf({ candles, anchors, answers, abstained, late, leftOut = 0 }: LiveCounts): LiveCounts {
  return { candles, anchors, answers, abstained, late, leftOut };
}

function isCancelled(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause)
    if (at.name === "CancelledFailure" || at.name === "AbortError") return true;
  return false;
}
