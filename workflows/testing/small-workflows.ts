import { proxyActivities, sleep } from "@temporalio/workflow";
import { SHORT } from "../activity-options.ts";
import { GPU_QUEUE } from "../queues.ts";
import { temporalControl } from "../temporal-control.ts";
import type { SmallActivities } from "./small-activities.ts";

// Workflows that tests of the worker run: what a worker does, without what the project's workflows do.

const cpu = proxyActivities<SmallActivities>({
  startToCloseTimeout: "1 minute",
  heartbeatTimeout: "3 seconds",
});
const gpu = proxyActivities<SmallActivities>({
  ...{ taskQueue: GPU_QUEUE, startToCloseTimeout: "1 minute", heartbeatTimeout: "3 seconds" },
  retry: { maximumAttempts: 2 },
});

/** Keeps a thread busy, deaf to everything, on the queue for encoding. */
export async function busy(ms: number): Promise<string> {
  return gpu.busy(ms);
}

/** Keeps so many activities at once busy on the queue that computes, and can be told to end. */
export async function crowd(many: number, ms: number): Promise<number> {
  const control = temporalControl({ paused: false, window: 2 }, { many });
  try {
    return (await Promise.all(Array.from({ length: many }, () => cpu.busy(ms)))).length;
  } finally {
    await control.settled();
  }
}

/** Fails as it is told. */
export async function failing(how: "final" | "passing"): Promise<number> {
  return cpu.failing(how);
}

const killed = proxyActivities<SmallActivities>({
  ...{ ...SHORT, startToCloseTimeout: "1 second" },
  // As often as any other, but at once: nobody waits minutes for a test.
  retry: { ...SHORT.retry!, initialInterval: "50 milliseconds", backoffCoefficient: 1 },
});

/** Says which attempt came to its end, where so many before it were never heard of again. */
export async function outliving(deaths: number): Promise<number> {
  return killed.outliving(deaths);
}

/** Waits for nobody. */
export async function idle(): Promise<void> {
  await sleep("1 hour");
}

/** Works through a number of units, one after the other, by a plan's control. */
export async function paced(units: number): Promise<number> {
  const control = temporalControl({ paused: false, window: 2 }, { done: 0, units });
  for (let done = 0; done < units; done++) {
    await control.until(() => !control.paused());
    await sleep(100);
    control.report({ done: done + 1, units });
  }
  await control.settled();
  return control.window();
}
