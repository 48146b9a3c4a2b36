import { executeChild, ParentClosePolicy, proxyActivities, setCurrentDetails } from "@temporalio/workflow";
import { LONG } from "../activity-options.ts";
import { LIVE_QUEUE } from "../queues.ts";
import type { ScheduleActivities } from "./activities.ts";
import type { ScheduledFor } from "./schedule-table.ts";

// What is due is told at once, also while a backfill keeps every thread busy.
const { dueJob, lookAll } = proxyActivities<ScheduleActivities>({ ...LONG, taskQueue: LIVE_QUEUE });

export interface ScheduledInput extends ScheduledFor {
  readonly kind: "live" | "train" | "audit";
}

/** What a schedule begins: a job that is kept as of now, or a look of all series that are followed. */
export async function scheduled({ kind, ...of }: ScheduledInput): Promise<unknown> {
  if (kind === "live") return { followed: await lookAll(of) };
  const { type, id, args } = await dueJob({ kind, ...of });
  setCurrentDetails(`- **begins**: ${id}`);
  return executeChild(type, {
    ...{ workflowId: id, args: [...args], staticSummary: `${kind} of ${of.memory}, by its schedule` },
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
  });
}
