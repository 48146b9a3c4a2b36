import { continueAsNew, proxyActivities } from "@temporalio/workflow";
import { LONG, SHORT } from "../activity-options.ts";
import type { JobActivities } from "../job-activities.ts";
import type { Held } from "../messages.ts";
import { temporalControl } from "../temporal-control.ts";
import type { IngestActivities } from "./activities.ts";
import { ingestPlan, type IngestResult, type IngestState } from "./plan.ts";

const { ingestSeries } = proxyActivities<IngestActivities>(LONG);
const { openJob, seriesName, noteFailed, endJob } = proxyActivities<JobActivities>(SHORT);

/** Candles of many series into a memory, and nothing else. */
export async function ingest(from: IngestState, held: Held): Promise<IngestResult> {
  const begun = { series: 0, done: from.next, failed: from.failed.length };
  const control = temporalControl(held, begun);
  const steps = { ingestSeries, openJob, seriesName, noteFailed, endJob };
  const ending = await ingestPlan(from, steps, control);
  await control.settled();
  if (ending.kind === "done") return ending.result;
  return continueAsNew<typeof ingest>(ending.state, control.held());
}
