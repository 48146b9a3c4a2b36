import { Context } from "@temporalio/activity";
import type { ActivityTools } from "../activity-host.ts";
import { CPU_QUEUE } from "../queues.ts";
import type { ScheduledFor } from "./schedule-table.ts";
import type { Due, DueInput } from "./tasks.ts";

export interface ScheduleActivities {
  /** The job that is due now, kept in its memory. */
  dueJob(input: DueInput): Promise<Due>;
  /** Begins to follow what is not followed, and has all look for candles; how many series. */
  lookAll(input: ScheduledFor): Promise<number>;
}

const PAGE = 50;

export function scheduleActivities({ host, pools }: ActivityTools): ScheduleActivities {
  return {
    dueJob: (input) => pools.short.run("dueJob", input, host()),
    lookAll: async (input) => {
      const current = host();
      const { workflow } = Context.current().client;
      for (let skip = 0; ; skip += PAGE) {
        const page = await pools.short.run("followedSeries", { ...input, skip, limit: PAGE }, current);
        for (const [place, { type, id, args, memo = {} }] of page.entries()) {
          current.signal.throwIfAborted();
          await workflow.signalWithStart(type, {
            ...{ taskQueue: CPU_QUEUE, workflowId: id, args: [...args], signal: "candles", memo },
            workflowIdReusePolicy: "ALLOW_DUPLICATE",
          });
          current.heartbeat({ done: skip + place + 1 });
        }
        if (page.length < PAGE) return skip + page.length;
      }
    },
  };
}
