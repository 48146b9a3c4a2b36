import { availableParallelism } from "node:os";
import { setImmediate as nextTurn } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { ActivityTools } from "./activity-host.ts";
import { backfillActivities, encodeActivities } from "./backfill/activities.ts";
import { backfillFrom, backfillPlan, seriesPlan, type BackfillProgress, type BackfillResult } from "./backfill/plan.ts"; // prettier-ignore
import { closePools, openPools } from "./compute/pools.ts";
import type { Control, Ending } from "./control.ts";
import { ingestActivities } from "./ingest/activities.ts";
import { jobActivities } from "./job-activities.ts";
import { readJob } from "./job-folder.ts";
import type { JobRef } from "./job.ts";
import { labelActivities } from "./label/activities.ts";
import { labelFrom, labelPlan, type LabelResult } from "./label/plan.ts";
import type { LabelInput } from "./label/tasks.ts";
import { LocalSteps, type LocalEvents } from "./local-steps.ts";
import { DEFAULT_WINDOW } from "./messages.ts";
import { backfillId } from "./queues.ts";

/** How a job is run in process. */
export interface LocalOptions<Progress> extends LocalEvents {
  readonly signal: AbortSignal;
  /** Threads that compute, beside the one that writes and the one that encodes. */
  readonly threads?: number;
  /** Series at once. */
  readonly window?: number;
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * The plan of `backfill` without any server, by the very same activities: stopped or killed, the same job goes on where
 * it was.
 * @throws the reason of `signal` when stopped; ApplicationFailure where the job as a whole cannot be done
 */
export async function backfillLocally(
  ref: JobRef,
  options: LocalOptions<BackfillProgress>,
): Promise<BackfillResult> {
  return locally(readJob(ref).calendars, backfillId(ref.job), options, async (tools, conductor) => {
    const steps = conductor.steps.of({
      ...backfillActivities(tools),
      ...encodeActivities(tools),
      ...ingestActivities(tools),
      ...jobActivities(),
    });
    const mayGoOn = async (): Promise<void> => options.signal.throwIfAborted();
    return resultOf(
      await backfillPlan(backfillFrom(ref), steps, {
        ...conductor.control,
        series: (input) => seriesPlan(input, steps, { mayGoOn }),
      }),
    );
  });
}

/** The plan of `label` without any server. */
export async function labelLocally(
  input: LabelInput,
  calendars: readonly string[],
  options: LocalOptions<LabelResult>,
): Promise<LabelResult> {
  return locally(calendars, "label", options, async (tools, { steps, control }) =>
    resultOf(await labelPlan(labelFrom(input), steps.of(labelActivities(tools)), control)),
  );
}

interface Conductor<Progress> {
  readonly steps: LocalSteps;
  readonly control: Control<Progress>;
}

/** Opens what a plan needs in process, and closes it. */
export async function locally<Progress, Result>(
  calendars: readonly string[],
  workflow: string,
  options: LocalOptions<Progress>,
  run: (tools: ActivityTools, conductor: Conductor<Progress>) => Promise<Result>,
): Promise<Result> {
  const { signal, threads = Math.max(1, availableParallelism() - 1), window = DEFAULT_WINDOW } = options;
  const changes = new Changes();
  const steps = new LocalSteps(workflow, signal, options, () => changes.tell());
  const pools = openPools({ threads, calendars: calendars.map((file) => pathToFileURL(file).href) });
  const control: Control<Progress> = {
    until: (ready) => changes.until(ready),
    untilOver: (ready) => changes.until(ready),
    cancelled: () => signal.aborted,
    paused: () => false,
    window: () => window,
    full: () => false,
    report: (progress) => options.onProgress?.(progress),
  };
  try {
    return await run({ host: steps.host, pools, backend: "arrays" }, { steps, control });
  } finally {
    await closePools(pools);
  }
}

/** A history in process is never too long. */
export function resultOf<Result>(ending: Ending<unknown, Result>): Result {
  if (ending.kind === "done") return ending.result;
  throw new Error("a plan in process was not brought to its end");
}

/** Wakes those who wait for something to be so, whenever anything has changed. */
class Changes {
  #waiting: (() => void)[] = [];

  tell(): void {
    const woken = this.#waiting;
    this.#waiting = [];
    // After whoever awaits what has changed has gone on.
    setImmediate(() => woken.forEach((wake) => wake()));
  }

  async until(ready: () => boolean): Promise<void> {
    if (!ready()) await nextTurn(); // what is through without any activity tells nobody
    while (!ready()) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }
}
