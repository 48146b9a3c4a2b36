import { auditActivities } from "./audit/activities.ts";
import { auditPlan, type AuditProgress } from "./audit/plan.ts";
import type { Audited } from "./audit/tasks.ts";
import { readJob } from "./job-folder.ts";
import type { AnyJob, JobRef } from "./job.ts";
import { ingestActivities } from "./ingest/activities.ts";
import { ingestFrom, ingestPlan, type IngestProgress, type IngestResult } from "./ingest/plan.ts";
import { jobActivities } from "./job-activities.ts";
import { locally, resultOf, type LocalOptions } from "./local.ts";
import { auditId, ingestId, reembedId, trainId } from "./queues.ts";
import { reembedActivities, type ReembedResult } from "./reembed/activities.ts";
import { reembedFrom, reembedPlan, type ReembedProgress } from "./reembed/plan.ts";
import { fitActivities, trainActivities, type TrainResult } from "./train/activities.ts";
import { trainPlan, type TrainProgress } from "./train/plan.ts";

/** The plan of `ingest` without any server; stopped or killed, the same job goes on where it was. */
export function ingestLocally(ref: JobRef, options: LocalOptions<IngestProgress>): Promise<IngestResult> {
  return locally(readJob(ref).calendars, ingestId(ref.job), options, async (tools, { steps, control }) => {
    const activities = steps.of({ ...ingestActivities(tools), ...jobActivities() });
    return resultOf(await ingestPlan(ingestFrom(ref), activities, control));
  });
}

/** The plan of `train` without any server; stopped or killed, the same job goes on from its newest checkpoint. */
export function trainLocally(ref: JobRef, options: LocalOptions<TrainProgress>): Promise<TrainResult> {
  return locally(readJob<AnyJob>(ref).calendars, trainId(ref.job), options, (tools, { steps, control }) =>
    trainPlan(ref, steps.of({ ...trainActivities(tools), ...fitActivities(tools) }), control),
  );
}

/** The plan of `reembed`; stopped or killed, the same job goes on, and until its end the old version is read. */
export function reembedLocally(ref: JobRef, options: LocalOptions<ReembedProgress>): Promise<ReembedResult> {
  return locally(
    readJob<AnyJob>(ref).calendars,
    reembedId(ref.job),
    options,
    async (tools, { steps, control }) =>
      resultOf(await reembedPlan(reembedFrom(ref), steps.of(reembedActivities(tools)), control)),
  );
}

/** The plan of `audit`; stopped or killed, what was looked at is not looked at again. */
export function auditLocally(ref: JobRef, options: LocalOptions<AuditProgress>): Promise<Audited> {
  return locally(readJob<AnyJob>(ref).calendars, auditId(ref.job), options, (tools, { steps, control }) =>
    auditPlan(ref, steps.of(auditActivities(tools)), control),
  );
}
