import { setTimeout as sleep } from "node:timers/promises";
import { readJob } from "../job-folder.ts";
import type { JobRef, LiveJob } from "../job.ts";
import { locally, type LocalOptions } from "../local.ts";
import { liveActivities } from "./activities.ts";
import { liveFrom, livePlan, type LiveProgress } from "./plan.ts";

export interface FollowOptions extends LocalOptions<never> {
  readonly onSeries: (series: number, progress: LiveProgress) => void;
}

/**
 * The series of a kept job followed in this process, until `signal`.
 * @throws the reason of `signal`; ApplicationFailure where a series cannot be followed
 */
export async function followLocally(ref: JobRef, count: number, options: FollowOptions): Promise<void> {
  const { calendars } = readJob<LiveJob>(ref, "live");
  const { signal, onSeries } = options;
  await locally(calendars, "live", options, async (tools, { steps }) => {
    const activities = steps.of(liveActivities(tools));
    const pause = (ms: number): Promise<void> => sleep(ms, undefined, { signal });
    const follow = (series: number): Promise<unknown> =>
      livePlan(liveFrom({ ...ref, series }), activities, {
        ...{ wait: pause, pause, now: () => Date.now(), ending: () => false, full: () => false },
        report: (progress) => onSeries(series, progress),
      });
    await Promise.all(Array.from({ length: count }, (_, series) => follow(series)));
  });
}
