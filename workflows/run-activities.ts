import { Context } from "@temporalio/activity";

/** What every worker of the CPU queue can do, whatever else it does. */
export interface RunActivities {
  /** Cancels a run as a client would: all that it has begun is told so, and it ends as cancelled. */
  cancelRun(workflowId: string, runId: string): Promise<void>;
}

export const runActivities: RunActivities = {
  cancelRun: async (workflowId, runId) => {
    await Context.current().client.workflow.getHandle(workflowId, runId).cancel();
  },
};
