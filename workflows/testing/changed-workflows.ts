import { patched, proxyActivities } from "@temporalio/workflow";
import { LONG, SHORT } from "../activity-options.ts";
import type { AuditActivities } from "../audit/activities.ts";
import { auditPlan } from "../audit/plan.ts";
import type { Audited } from "../audit/tasks.ts";
import type { IngestActivities } from "../ingest/activities.ts";
import { ingestPlan, type IngestResult, type IngestState } from "../ingest/plan.ts";
import type { JobActivities } from "../job-activities.ts";
import type { JobRef } from "../job.ts";
import type { Held } from "../messages.ts";
import { temporalControl } from "../temporal-control.ts";

// Two workflows as somebody might change them.

const { ingestSeries } = proxyActivities<IngestActivities>(LONG);
const { openJob, seriesName, noteFailed, endJob } = proxyActivities<JobActivities>(SHORT);
const { auditPart, writeAudit, endAudit } = proxyActivities<AuditActivities>(LONG);

/** Asks for the name of each series first: runs that did not ask cannot go on with it. */
export async function ingest(from: IngestState, held: Held): Promise<IngestResult> {
  const control = temporalControl(held, { series: 0, done: from.next, failed: from.failed.length });
  const ending = await ingestPlan(
    from,
    {
      ...{ openJob, seriesName, noteFailed, endJob },
      ingestSeries: async (ref) => {
        await seriesName(ref);
        return ingestSeries(ref);
      },
    },
    control,
  );
  if (ending.kind === "done") return ending.result;
  throw new Error("nobody continues it");
}

/** Looks at the memory twice, where it was begun on this code. */
export async function audit(ref: JobRef, held: Held): Promise<Audited> {
  const control = temporalControl(held, { phase: "memory", done: 0, total: 5 });
  if (patched("audit-looks-twice")) await auditPart({ ...ref, part: "memory" });
  const result = await auditPlan(ref, { auditPart, writeAudit, endAudit }, control);
  await control.settled();
  return result;
}
