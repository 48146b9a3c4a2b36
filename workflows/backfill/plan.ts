import type { Control, Ending } from "../control.ts";
import { FAILURES, failureReason, failureType } from "../failure-type.ts";
import { endsAll, givenUp, type GivenUp } from "../given-up.ts";
import type { IngestActivities } from "../ingest/activities.ts";
import type { JobActivities } from "../job-activities.ts";
import type { JobRef } from "../job.ts";
import { slide } from "../sliding-window.ts";
import type { BackfillActivities, EncodeActivities } from "./activities.ts";
import type { MirrorInput } from "./mirror-index.ts";
import type { EncodedSeries } from "./tasks.ts";

export const PHASES = ["candles", "encoder", "moments", "records", "index"] as const;

export type Phase = (typeof PHASES)[number];

/** What one run of the workflow hands to the next. */
export interface BackfillState extends JobRef {
  readonly phase: Phase;
  /** The first series that was not begun in this phase. */
  readonly next: number;
  readonly encoder: string | null;
  readonly failed: readonly number[];
  readonly counts: BackfillCounts;
}

export interface BackfillCounts {
  /** Candles that are new, corrected ones among them. */
  readonly candles: number;
  readonly patterns: number;
  /** Outcomes, first ones and those that corrections changed. */
  readonly labelled: number;
  /** Past questions in all records. */
  readonly questions: number;
}

export interface BackfillProgress extends BackfillCounts {
  readonly phase: Phase;
  readonly series: number;
  /** Series that are through with this phase. */
  readonly done: number;
  readonly failed: number;
}

/** What became of an index beside a memory that is complete. */
export interface IndexResult {
  readonly written: number;
  readonly removed: number;
  /** Why it lacks something; null: it holds all that the memory does. */
  readonly behind: string | null;
}

export interface BackfillResult extends GivenUp, BackfillCounts {
  readonly series: number;
  /** null where none was named. */
  readonly index: IndexResult | null;
  readonly encoder: string | null;
}

/** What became of one series. */
export interface SeriesResult {
  readonly patterns: number;
  readonly labelled: number;
}

export const NOTHING_DONE: SeriesResult = { patterns: 0, labelled: 0 };

export interface SeriesInput extends EncodedSeries {
  readonly horizons: readonly string[];
}

export type SeriesSteps = Pick<BackfillActivities, "commitChunk" | "labelHorizon"> & EncodeActivities;
export type BackfillSteps = Omit<BackfillActivities, keyof SeriesSteps> & IngestActivities & JobActivities;

export interface BackfillControl extends Control<BackfillProgress> {
  /** `seriesPlan` for one series; under Temporal a workflow of its own. */
  series(input: SeriesInput): Promise<SeriesResult>;
}

export function backfillFrom({ memory, job }: JobRef): BackfillState {
  const counts = { candles: 0, patterns: 0, labelled: 0, questions: 0 };
  return { memory, job, phase: "candles", next: 0, encoder: null, failed: [], counts };
}

/**
 * Candles of all series into the truth; an encoder for them; the moments of each, with what followed; and, since the
 * moments of all answer each other, the record of each once they are all there. A series that fails for good is given
 * up and reported; the others go on.
 */
export async function backfillPlan(
  from: BackfillState,
  steps: BackfillSteps,
  control: BackfillControl,
): Promise<Ending<BackfillState, BackfillResult>> {
  const ref = { memory: from.memory, job: from.job };
  const { series, horizons, hasIndex } = await steps.openJob(ref);
  const run = new Run(from, series, steps, control);
  if (!(await run.phase("candles", async (place) => run.ingested(await steps.ingestSeries(place)))))
    return run.continued();
  let index: IndexResult | null = null;
  if (run.survivors() > 0) {
    run.begin("encoder");
    run.encoder ??= (await steps.chooseEncoder({ ...ref, failed: run.failed })).encoder;
    const encoder = run.encoder;
    const moments = await run.phase("moments", async (place) =>
      run.remembered(await control.series({ ...place, encoder, horizons })),
    );
    if (!moments) return run.continued();
    const records = await run.phase("records", async (place) => {
      for (const horizon of horizons) run.asked(await steps.growRecord({ ...place, encoder, horizon }));
    });
    if (!records) return run.continued();
    if (hasIndex) {
      run.begin("index");
      index = await indexed({ ...ref, encoder }, steps, control);
    }
  }
  const ended = await steps.endJob({ ...ref, failed: run.failed });
  return { kind: "done", result: { series, encoder: run.encoder, ...run.counts, ...ended, index } };
}

/** A failing index is told of: the memory has lost nothing, and the same job begun anew brings it up. */
async function indexed(
  input: MirrorInput,
  steps: BackfillSteps,
  control: BackfillControl,
): Promise<IndexResult> {
  try {
    return { ...(await steps.mirrorIndex(input)), behind: null };
  } catch (error) {
    if (endsAll(error, control)) throw error;
    return { written: 0, removed: 0, behind: failureReason(error) };
  }
}

/** What the plan of one series sees of its conductor. */
export interface SeriesControl {
  /** Resolves where the next step may begin. @param sofar what a new run goes on with where the history is long */
  mayGoOn(sofar: SeriesResult): Promise<void>;
  /** How far it is. */
  report?(sofar: SeriesResult): void;
}

/** Segment after segment of one series into the memory, then what followed its moments. @param before by earlier runs */
export async function seriesPlan(
  { horizons, ...of }: SeriesInput,
  steps: SeriesSteps,
  control: SeriesControl,
  before: SeriesResult = NOTHING_DONE,
): Promise<SeriesResult> {
  const sofar = { ...before };
  for (let lost = 0; ;) {
    await control.mayGoOn({ ...sofar });
    const segment = await steps.encodeChunk(of);
    if (segment === null) break;
    try {
      sofar.patterns += (await steps.commitChunk({ ...of, segment })).written;
      control.report?.({ ...sofar });
    } catch (error) {
      if (failureType(error) !== FAILURES.segmentLost || ++lost > 3) throw error;
    }
  }
  for (const horizon of horizons) {
    await control.mayGoOn({ ...sofar });
    const done = await steps.labelHorizon({ ...of, horizon });
    sofar.labelled += done.labelled + done.revised;
    control.report?.({ ...sofar });
  }
  return sofar;
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

/** Where one run of the plan stands. */
class Run {
  readonly #ref: JobRef;
  readonly #series: number;
  readonly #steps: BackfillSteps;
  readonly #control: BackfillControl;
  readonly failed: number[];
  readonly counts: Mutable<BackfillCounts>;
  encoder: string | null;
  #phase: Phase;
  #next: number;
  #done: number;

  constructor(from: BackfillState, series: number, steps: BackfillSteps, control: BackfillControl) {
    this.#ref = { memory: from.memory, job: from.job };
    this.#series = series;
    this.#steps = steps;
    this.#control = control;
    this.failed = [...from.failed];
    this.counts = { ...from.counts };
    this.encoder = from.encoder;
    this.#phase = from.phase;
    this.#next = from.next;
    this.#done = from.next;
  }

  survivors(): number {
    return this.#series - this.failed.length;
  }

  begin(phase: Phase): void {
    if (PHASES.indexOf(phase) <= PHASES.indexOf(this.#phase)) return;
    [this.#phase, this.#next, this.#done] = [phase, 0, 0];
    this.#report();
  }

  /** One phase over all series that are left; false where another run has to go on with it. */
  async phase(
    phase: Phase,
    each: (place: JobRef & { readonly series: number }) => Promise<void>,
  ): Promise<boolean> {
    this.begin(phase);
    if (this.#phase !== phase) return true; // an earlier run was through with it
    const range = { from: this.#next, to: this.#series };
    this.#next = await slide(range, this.#control, async (series) => {
      if (!this.failed.includes(series)) await this.#one({ ...this.#ref, series }, each);
      this.#done++;
      this.#report();
    });
    return this.#next === this.#series;
  }

  async #one(
    place: JobRef & { readonly series: number },
    each: (place: JobRef & { readonly series: number }) => Promise<void>,
  ): Promise<void> {
    try {
      await each(place);
    } catch (error) {
      this.failed.push(givenUp(error, place.series, this.failed, this.#control));
      await this.#steps.noteFailed({ ...place, reason: failureReason(error) });
    }
  }

  ingested({ added, corrected }: { readonly added: number; readonly corrected: number }): void {
    this.counts.candles += added + corrected;
  }

  remembered({ patterns, labelled }: SeriesResult): void {
    this.counts.patterns += patterns;
    this.counts.labelled += labelled;
  }

  asked(questions: number): void {
    this.counts.questions += questions;
  }

  continued(): Ending<BackfillState, BackfillResult> {
    const { encoder, failed, counts } = this;
    const state = { ...this.#ref, phase: this.#phase, next: this.#next, encoder, failed, counts };
    return { kind: "continue", state };
  }

  #report(): void {
    const { failed, counts } = this;
    const [phase, series, done] = [this.#phase, this.#series, this.#done];
    this.#control.report({ phase, series, done, failed: failed.length, ...counts });
  }
}
