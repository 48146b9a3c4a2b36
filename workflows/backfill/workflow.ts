import { WorkflowExecutionAlreadyStartedError } from "@temporalio/common";
import {
  ApplicationFailure,
  ChildWorkflowCancellationType,
  condition,
  continueAsNew,
  defineSignal,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  startChild,
  upsertSearchAttributes,
  WorkflowIdReusePolicy,
  workflowInfo,
  type ChildWorkflowHandle,
} from "@temporalio/workflow";
import { LONG, SHORT } from "../activity-options.ts";
import type { IngestActivities } from "../ingest/activities.ts";
import type { JobActivities } from "../job-activities.ts";
import type { Held } from "../messages.ts";
import { retryAfter } from "../retry-after.ts";
import { GPU_QUEUE, seriesId } from "../queues.ts";
import { encoderAttribute, symbolAttribute } from "../search-attributes.ts";
import { detailsOf } from "../progress-details.ts";
import { temporalControl } from "../temporal-control.ts";
import type { BackfillActivities, EncodeActivities } from "./activities.ts";
import {
  backfillPlan,
  NOTHING_DONE,
  seriesPlan,
  type BackfillProgress,
  type BackfillResult,
  type BackfillState,
  type BackfillSteps,
  type SeriesControl,
  type SeriesInput,
  type SeriesResult,
} from "./plan.ts";

// By name: a proxy has no names of its own, and spread out it is empty.
const { ingestSeries } = proxyActivities<IngestActivities>(LONG);
const { chooseEncoder, commitChunk, labelHorizon, growRecord, mirrorIndex } =
  proxyActivities<BackfillActivities>(LONG);
const { encodeChunk } = proxyActivities<EncodeActivities>({ ...LONG, taskQueue: GPU_QUEUE });
const { openJob, seriesName, noteFailed, endJob } = proxyActivities<JobActivities>(SHORT);

const pausedSignal = defineSignal<[boolean]>("paused");

/** Candles of many series into a memory: each series is a workflow of its own, so many at once as the window says. */
export async function backfill(from: BackfillState, held: Held): Promise<BackfillResult> {
  const running = new Set<string>();
  const tell = async (paused: boolean, ids: Iterable<string> = running): Promise<void> => {
    const told = [...ids].map((id) => getExternalWorkflowHandle(id).signal(pausedSignal, paused));
    await Promise.allSettled(told); // one that has just ended needs not be told
  };
  const control = temporalControl<BackfillProgress>(
    held,
    { phase: from.phase, series: 0, done: from.next, failed: from.failed.length, ...from.counts },
    ({ paused }) => tell(paused),
  );
  const steps: BackfillSteps = {
    ...{ openJob, seriesName, noteFailed, endJob },
    ...{ ingestSeries, growRecord, mirrorIndex },
    chooseEncoder: async (input) => {
      const chosen = await chooseEncoder(input);
      upsertSearchAttributes([{ key: encoderAttribute, value: chosen.encoder }]);
      return chosen;
    },
  };
  const ending = await backfillPlan(from, steps, {
    ...control,
    series: async (input) => {
      const { symbol, timeframe } = await seriesName(input);
      const workflowId = seriesId(input.job, symbol, timeframe);
      await control.until(() => !control.paused());
      const child = await begun(input, workflowId, symbol, timeframe);
      running.add(workflowId);
      try {
        if (control.paused()) await tell(true, [workflowId]); // since it was asked for
        return await child.result();
      } finally {
        running.delete(workflowId);
      }
    },
  });
  await control.settled();
  if (ending.kind === "done") return ending.result;
  return continueAsNew<typeof backfill>(ending.state, control.held());
}

/** The workflow of one series, once that of an earlier run has ended, which its parent's end has told to. */
async function begun(
  input: SeriesInput,
  workflowId: string,
  symbol: string,
  timeframe: string,
): Promise<ChildWorkflowHandle<typeof backfillSeries>> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startChild(backfillSeries, {
        workflowId,
        args: [input, NOTHING_DONE],
        // A parent that was terminated takes its children along; the same job begun anew begins them anew.
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
        typedSearchAttributes: [
          { key: symbolAttribute, value: symbol },
          { key: encoderAttribute, value: input.encoder },
        ],
        staticSummary: `${symbol} ${timeframe}: moments into ${input.memory}`,
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      const wait = retryAfter(attempt);
      if (wait === null) throw stillRuns(workflowId);
      await sleep(wait);
    }
  }
}

function stillRuns(workflowId: string): ApplicationFailure {
  const why = "of an earlier run goes on: it needs a worker of the build that it began on, to be cancelled";
  return ApplicationFailure.nonRetryable(`${workflowId} ${why}`, "store");
}

/** Moments of one series into the memory, and what followed them. @param before by earlier runs of this workflow */
export async function backfillSeries(input: SeriesInput, before: SeriesResult): Promise<SeriesResult> {
  let paused = false;
  setHandler(pausedSignal, (now) => {
    paused = now;
  });
  const control: SeriesControl = {
    mayGoOn: async (sofar) => {
      await condition(() => !paused);
      if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof backfillSeries>(input, sofar);
    },
    report: (sofar) => setCurrentDetails(detailsOf({ ...sofar })),
  };
  return seriesPlan(input, { encodeChunk, commitChunk, labelHorizon }, control, before);
}
