import {
  ChildWorkflowCancellationType,
  condition,
  continueAsNew,
  defineSignal,
  executeChild,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  WorkflowIdReusePolicy,
  workflowInfo,
} from "@temporalio/workflow";
import { LONG, SHORT } from "../activity-options.ts";
import type { IngestActivities } from "../ingest/activities.ts";
import type { JobActivities } from "../job-activities.ts";
import type { Held } from "../messages.ts";
import { GPU_QUEUE, seriesId } from "../queues.ts";
import { encoderAttribute, symbolAttribute } from "../search-attributes.ts";
import { detailsOf } from "../progress-details.ts";
import { temporalControl } from "../temporal-control.ts";
import type { BackfillActivities, EncodeActivities } from "./activities.ts";
import {
  backfillPlan,
  seriesPlan,
  type BackfillProgress,
  type BackfillResult,
  type BackfillState,
  type BackfillSteps,
  type SeriesInput,
  type SeriesResult,
  type SeriesSteps,
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
  const tell = async (paused: boolean): Promise<void> => {
    const told = [...running].map((id) => getExternalWorkflowHandle(id).signal(pausedSignal, paused));
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
      running.add(workflowId);
      try {
        return await ofOneSeries(input, workflowId, symbol, timeframe);
      } finally {
        running.delete(workflowId);
      }
    },
  });
  await control.settled();
  if (ending.kind === "done") return ending.result;
  return continueAsNew<typeof backfill>(ending.state, control.held());
}

function ofOneSeries(
  input: SeriesInput,
  workflowId: string,
  symbol: string,
  timeframe: string,
): Promise<SeriesResult> {
  return executeChild(backfillSeries, {
    workflowId,
    args: [input, 0],
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
}

/** Moments of one series into the memory, and what followed them. @param before written by earlier runs of this workflow */
export async function backfillSeries(input: SeriesInput, before: number): Promise<SeriesResult> {
  let paused = false;
  setHandler(pausedSignal, (now) => {
    paused = now;
  });
  let patterns = before;
  const steps: SeriesSteps = {
    ...{ chooseEncoder, encodeChunk, labelHorizon, growRecord },
    commitChunk: async (chunk) => {
      const committed = await commitChunk(chunk);
      patterns += committed.written;
      setCurrentDetails(detailsOf({ patterns }));
      return committed;
    },
  };
  const mayGoOn = async (): Promise<void> => {
    await condition(() => !paused);
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof backfillSeries>(input, patterns);
  };
  const { labelled } = await seriesPlan(input, steps, mayGoOn);
  return { patterns, labelled };
}
