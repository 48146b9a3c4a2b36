import type { ActivityOptions } from "@temporalio/common";
import { SHORT_QUEUE } from "./queues.ts";
import { RETRY } from "./retry.ts";

const retry = {
  initialInterval: RETRY.initialIntervalMs,
  backoffCoefficient: RETRY.backoffCoefficient,
  maximumInterval: RETRY.maximumIntervalMs,
  maximumAttempts: RETRY.maximumStarted,
} as const;

/**
 * Of activities that compute: as long as they beat they may take as long as they take. A worker that was killed is
 * noticed after these seconds; one that only was busy has its attempt done twice, which does no harm.
 */
export const LONG: ActivityOptions = { startToCloseTimeout: "1 day", heartbeatTimeout: "5 seconds", retry };

/** Of activities that look something up, or note it: they do not beat, so this is how long a killed worker is waited for. */
export const SHORT: ActivityOptions = {
  ...{ taskQueue: SHORT_QUEUE, startToCloseTimeout: "10 seconds" },
  retry,
};
