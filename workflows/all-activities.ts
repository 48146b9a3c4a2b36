import type { ActivityTools } from "./activity-host.ts";
import { auditActivities } from "./audit/activities.ts";
import { backfillActivities, encodeActivities } from "./backfill/activities.ts";
import { ingestActivities } from "./ingest/activities.ts";
import { jobActivities } from "./job-activities.ts";
import { liveActivities } from "./live/activities.ts";
import { labelActivities } from "./label/activities.ts";
import { reembedActivities } from "./reembed/activities.ts";
import { scheduleActivities } from "./schedules/activities.ts";
import { fitActivities, trainActivities } from "./train/activities.ts";
import type { Activities, Queue } from "./worker.ts";

/** What workers of one queue can do; a folder adds its own here. */
export function allActivities(queue: Queue, tools: ActivityTools): Activities {
  if (queue === "gpu") return { ...encodeActivities(tools), ...fitActivities(tools) };
  return {
    ...jobActivities(),
    ...ingestActivities(tools),
    ...backfillActivities(tools),
    ...labelActivities(tools),
    ...trainActivities(tools),
    ...reembedActivities(tools),
    ...liveActivities(tools),
    ...auditActivities(tools),
    ...scheduleActivities(tools),
  };
}
