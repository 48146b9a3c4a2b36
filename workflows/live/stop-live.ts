import { setTimeout as pause } from "node:timers/promises";
import { WorkflowNotFoundError } from "@temporalio/client";
import type { TemporalClient } from "../client.ts";
import { stopSeries, type LiveSeriesOf } from "./followed.ts";

/** What became of one series that is not to be followed any more. */
export interface StoppedLive {
  readonly workflow: string;
  readonly job: string;
  /** `told`: it ends as soon as a worker is there. */
  readonly is: "ended" | "told" | "not running";
}

/** How long the ends are waited for: without a worker there are none. */
const WAIT_MS = 20_000;

/**
 * Series are followed no further: that is noted in their memory first, so that no schedule begins them again, then each
 * that runs answers what is there and ends.
 */
export async function stopLive(
  { client }: TemporalClient,
  series: readonly LiveSeriesOf[],
  signal: AbortSignal,
  waitMs = WAIT_MS,
): Promise<readonly StoppedLive[]> {
  for (const { ref } of series) stopSeries(ref);
  const over = new AbortController();
  const late = pause(waitMs, "told" as const, { signal: AbortSignal.any([signal, over.signal]) });
  const jobs = new Map(series.map(({ id, ref }) => [id, ref.job]));
  try {
    return await Promise.all(
      [...jobs].map(async ([workflow, job]): Promise<StoppedLive> => {
        const handle = client.workflow.getHandle(workflow);
        const runs = await handle.signal("end").then(
          () => true,
          (error: unknown) => {
            if (error instanceof WorkflowNotFoundError) return false;
            throw error;
          },
        );
        if (!runs) return { workflow, job, is: "not running" };
        const ended = handle.result().then(
          () => "ended" as const,
          () => "ended" as const, // cancelled, or failed: it runs no more
        );
        return { workflow, job, is: await Promise.race([ended, late]) };
      }),
    );
  } finally {
    late.catch(() => undefined);
    over.abort();
  }
}
