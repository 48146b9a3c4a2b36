import { patched, setWorkflowOptions, sleep } from "@temporalio/workflow";
import type { LiveCounts, LiveFrom } from "../live/plan.ts";
import { live as before } from "../live/workflow.ts";

/** The workflow that follows a series, as somebody might change it: runs of the code before go on without the new step. */
export async function live(from: LiveFrom): Promise<LiveCounts> {
  if (patched("live-takes-its-time")) await sleep(1);
  return before(from);
}
setWorkflowOptions({ versioningBehavior: "AUTO_UPGRADE" }, live);
