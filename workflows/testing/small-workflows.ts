import { proxyActivities, sleep } from "@temporalio/workflow";
import { GPU_QUEUE } from "../queues.ts";
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

/** Fails as it is told. */
export async function failing(how: "final" | "passing"): Promise<number> {
  return cpu.failing(how);
}

/** Waits for nobody. */
export async function idle(): Promise<void> {
  await sleep("1 hour");
}
