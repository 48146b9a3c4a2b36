import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  defineQuery,
  defineUpdate,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";
import type { Control } from "./control.ts";
import { detailsOf } from "./progress-details.ts";
import { SHORT_QUEUE } from "./queues.ts";
import type { RunActivities } from "./run-activities.ts";
import { MAX_WINDOW, MESSAGES, type Held, type Reported } from "./messages.ts";

/** A workflow that ends by itself is never called cancelled: that has to be asked of the server, from outside. */
const { cancelRun } = proxyActivities<RunActivities>({
  ...{ taskQueue: SHORT_QUEUE, startToCloseTimeout: "10 seconds" },
  ...{ summary: "asks the server to cancel this run" },
});

const pause = defineUpdate<Held>(MESSAGES.pause);
const resume = defineUpdate<Held>(MESSAGES.resume);
const resize = defineUpdate<Held, [number]>(MESSAGES.resize);
const cancel = defineUpdate<void>(MESSAGES.cancel);

/** A plan's control inside Temporal, and what its workflow needs around it. */
export interface TemporalControl<Progress> extends Control<Progress> {
  /** To be handed to the next run. */
  held(): Held;
  /** Resolves once no update is being answered any more: a run that ends before leaves its caller without an answer. */
  settled(): Promise<void>;
}

/**
 * Handlers of all messages, and the control that they act on; to be called before the first wait of a workflow.
 * @param first what `progress` answers until the plan reports
 * @param changed told whenever it is paused, resumed or resized
 */
export function temporalControl<Progress extends object>(
  begin: Held,
  first: Progress,
  changed: (held: Held) => Promise<void> = async () => {},
): TemporalControl<Progress> {
  let held = begin;
  let progress = first;
  answerUpdates(
    () => held,
    (to) => changed((held = to)),
  );
  setHandler(defineQuery<Reported<Progress>>(MESSAGES.progress), () => ({ ...held, progress }));
  return {
    until: (ready) => condition(ready),
    untilOver: (ready) => CancellationScope.nonCancellable(() => condition(ready)),
    cancelled: () => CancellationScope.current().consideredCancelled,
    paused: () => held.paused,
    window: () => held.window,
    full: () => workflowInfo().continueAsNewSuggested,
    report: (news) => {
      progress = news;
      setCurrentDetails(detailsOf({ ...news, ...(held.paused ? { paused: true } : {}) }));
    },
    held: () => held,
    settled: () => CancellationScope.nonCancellable(() => condition(allHandlersFinished)),
  };
}

/** Handlers of what a run is told, each refused where it makes no sense. */
function answerUpdates(held: () => Held, hold: (to: Held) => Promise<void>): void {
  const change = (to: Partial<Held>) => async (): Promise<Held> => {
    await hold({ ...held(), ...to });
    return held();
  };
  setHandler(pause, change({ paused: true }), {
    validator: () => refuse(held().paused, "it is paused already"),
  });
  setHandler(resume, change({ paused: false }), {
    validator: () => refuse(!held().paused, "it is not paused"),
  });
  setHandler(resize, (window) => change({ window })(), {
    validator: (window) =>
      refuse(
        !Number.isInteger(window) || window < 1 || window > MAX_WINDOW,
        `a window is 1 to ${MAX_WINDOW} series, not ${String(window)}`,
      ),
  });
  let cancelled = false;
  setHandler(
    cancel,
    async () => {
      cancelled = true;
      const { workflowId, runId } = workflowInfo();
      await CancellationScope.nonCancellable(() => cancelRun(workflowId, runId));
    },
    { validator: () => refuse(cancelled, "it is being cancelled already") },
  );
}

function refuse(when: boolean, why: string): void {
  if (when) throw ApplicationFailure.nonRetryable(why, "usage");
}
