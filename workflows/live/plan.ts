import type { Ending } from "../control.ts";
import { failureReason, isCancelled } from "../failure-type.ts";
import type { SeriesRef } from "../job.ts";
import type { LiveActivities } from "./activities.ts";
import type { Answered } from "./answer.ts";
import type { Looked } from "./look.ts";
import type { Shown } from "./show.ts";

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
  const told = new Told(from, control);
  for (;;) {
    const isLast = control.ending(); // a look that begins after it was asked to: it sees all that was there by then
    const before = told.state.answered;
    const looked = await steps.look({ ...ref, after: before, patient: true });
    told.looked(looked);
    const answer = (patient: boolean): Promise<Answered> =>
      steps.answer({ ...ref, after: told.state.answered, patient });
    await answerRest(looked.answered, answer, {
      control,
      patienceMs,
      onAnswered: (said) => told.answered(said),
    });
    if (hasIndex && told.state.answered !== before) {
      const failure = await shown(steps.show(ref));
      if (failure !== null) told.report({ trouble: looked.trouble ?? failure });
    }
    if (isLast) return { kind: "done", result: countsOf(told.state) };
    if (control.full()) return { kind: "continue", state: told.state };
    await control.wait(everyMs);
  }
}

/** What has been done so far, and who is told. */
class Told {
  state: LiveFrom;
  readonly #control: Pick<LiveControl, "report">;
  #progress: LiveProgress;

  constructor(from: LiveFrom, control: Pick<LiveControl, "report">) {
    this.state = from;
    this.#control = control;
    this.#progress = progressFrom(from);
  }

  looked({ added, late, anchors, newest, trouble, answered }: Looked): void {
    const { candles, anchors: moments, late: came } = this.state;
    this.state = { ...this.state, candles: candles + added, late: came + late, anchors: moments + anchors };
    this.answered(answered, { newest, trouble });
  }

  answered(
    { through, answers, abstained, leftOut = 0, waitsFor }: Answered,
    news: Partial<LiveProgress> = {},
  ): void {
    const { answers: before, abstained: abstentions, leftOut: left = 0 } = this.state;
    this.state = {
      ...this.state,
      ...{ answered: through, answers: before + answers },
      ...{ abstained: abstentions + abstained, leftOut: left + leftOut },
    };
    this.report({ waitsFor, ...news });
  }

  report(news: Partial<LiveProgress>): void {
    const { answered } = this.state;
    this.#progress = { ...this.#progress, ...countsOf(this.state), answered, ...news };
    this.#control.report(this.#progress);
  }
}

/** Why an index could not be written; null: it could. It is asked again with the next candle. */
async function shown(showing: Promise<Shown>): Promise<string | null> {
  try {
    return (await showing).failure;
  } catch (error) {
    if (isCancelled(error)) throw error;
    return failureReason(error);
  }
}

/** Answers what a look left; waits for the moments of other series as long as `patienceMs` in all. */
async function answerRest(
  first: Answered,
  answer: (patient: boolean) => Promise<Answered>,
  {
    control,
    patienceMs,
    onAnswered,
  }: { control: LiveControl; patienceMs: number; onAnswered: (said: Answered) => void },
): Promise<void> {
  let waitedSince: number | null = null;
  for (let said = first; said.more;) {
    if (said.waitsFor > 0) {
      waitedSince ??= control.now();
      await control.pause(Math.min(LOOK_MS, patienceMs));
    }
    const patient = waitedSince === null || control.now() - waitedSince < patienceMs;
    said = await answer(patient);
    onAnswered(said);
  }
}

function countsOf({ candles, anchors, answers, abstained, late, leftOut = 0 }: LiveCounts): LiveCounts {
  return { candles, anchors, answers, abstained, late, leftOut };
}
