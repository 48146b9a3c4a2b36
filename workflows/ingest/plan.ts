import type { Control, Ending } from "../control.ts";
import { failureReason } from "../failure-type.ts";
import type { JobActivities } from "../job-activities.ts";
import type { JobRef } from "../job.ts";
import { slide } from "../sliding-window.ts";
import { givenUp, type GivenUp } from "../given-up.ts";
import type { IngestActivities } from "./activities.ts";

export interface IngestState extends JobRef {
  /** The first series that was not begun yet. */
  readonly next: number;
  readonly added: number;
  readonly corrected: number;
  readonly failed: readonly number[];
}

export interface IngestResult extends GivenUp {
  readonly series: number;
  readonly added: number;
  readonly corrected: number;
}

export interface IngestProgress {
  readonly series: number;
  /** Series that are through. */
  readonly done: number;
  readonly failed: number;
}

export type IngestSteps = IngestActivities & JobActivities;

export function ingestFrom(ref: JobRef): IngestState {
  return { ...ref, next: 0, added: 0, corrected: 0, failed: [] };
}

/** Candles of every series of a job into the truth, some at once; one that cannot be read is reported. */
export async function ingestPlan(
  state: IngestState,
  steps: IngestSteps,
  control: Control<IngestProgress>,
): Promise<Ending<IngestState, IngestResult>> {
  const { memory, job } = state;
  const { series } = await steps.openJob({ memory, job });
  const failed = [...state.failed];
  let [added, corrected, done] = [state.added, state.corrected, state.next];
  const next = await slide({ from: state.next, to: series }, control, async (place) => {
    const ref = { memory, job, series: place };
    try {
      const ingested = await steps.ingestSeries(ref);
      added += ingested.added;
      corrected += ingested.corrected;
    } catch (error) {
      failed.push(givenUp(error, place, failed, control));
      await steps.noteFailed({ ...ref, reason: failureReason(error) });
    }
    control.report({ series, done: ++done, failed: failed.length });
  });
  if (next < series) return { kind: "continue", state: { memory, job, next, added, corrected, failed } };
  const result = await steps.endJob({ memory, job, failed });
  return { kind: "done", result: { series, added, corrected, ...result } };
}
