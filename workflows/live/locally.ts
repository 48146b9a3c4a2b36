import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { readJob } from "../job-folder.ts";
import type { JobRef, LiveJob, LiveSeriesSpec } from "../job.ts";
import { locally, type LocalOptions } from "../local.ts";
import { failureReason } from "../failure-type.ts";
import { LIVE_ATTEMPTS } from "./attempts.ts";
import { liveActivities } from "./activities.ts";
import { FolderWatch } from "../../src/lib/adapters/folder/folder-watch.ts";
import { liveFrom, livePlan, type LiveProgress } from "./plan.ts";

export interface FollowOptions extends LocalOptions<never> {
  readonly onSeries: (series: number, progress: LiveProgress) => void;
  /** A series that cannot be followed any more, and why; the others are. */
  readonly onFailed: (series: number, reason: string) => void;
}

/**
 * The series of a kept job followed in this process, until `signal`.
 * @throws the reason of `signal`; ApplicationFailure where none can be followed
 */
export async function followLocally(ref: JobRef, count: number, options: FollowOptions): Promise<void> {
  const { calendars, series: specs } = readJob<LiveJob>(ref, "live");
  const { signal, onSeries } = options;
  const watched = new FolderWatch();
  await locally(calendars, "live", options, async (tools, { steps }) => {
    const activities = steps.of(liveActivities(tools), LIVE_ATTEMPTS);
    const pause = (ms: number): Promise<void> => sleep(ms, undefined, { signal });
    const follow = (series: number): Promise<unknown> => {
      const wait = newsOf(specs[series]!, watched, signal);
      return livePlan(liveFrom({ ...ref, series }), activities, {
        ...{ wait, pause, now: () => Date.now(), ending: () => false, full: () => false },
        report: (progress) => onSeries(series, progress),
      });
    };
    await followAll(count, follow, options).finally(() => watched.close());
  });
}

/** Waits so long, or until a file of the series is written; one that was meanwhile counts. */
function newsOf(
  { origin, symbol, timeframe }: LiveSeriesSpec,
  watched: FolderWatch,
  signal: AbortSignal,
): (ms: number) => Promise<void> {
  let [isNews, wake] = [false, (): void => undefined];
  const tell = (): void => {
    isNews = true;
    wake();
  };
  return async (ms) => {
    if (origin.kind === "folder" && existsSync(origin.folder))
      watched.watch(origin.folder, symbol, { symbol, timeframe, tell });
    const news = new Promise<void>((resolve) => (wake = resolve));
    const over = new AbortController();
    const late = sleep(ms, undefined, { signal: AbortSignal.any([signal, over.signal]) });
    if (!isNews) await Promise.race([news, late]);
    over.abort();
    late.catch(() => undefined);
    signal.throwIfAborted();
    isNews = false;
  };
}

/**
 * Every series until `signal`; one that fails ends none of the others.
 * @throws the reason of `signal`; what the first series failed with, once all have
 */
export async function followAll(
  count: number,
  follow: (series: number) => Promise<unknown>,
  { signal, onFailed }: Pick<FollowOptions, "signal" | "onFailed">,
): Promise<void> {
  const failures: unknown[] = [];
  const one = async (series: number): Promise<void> => {
    try {
      await follow(series);
    } catch (error) {
      failures.push(error);
      if (!signal.aborted) onFailed(series, failureReason(error));
    }
  };
  await Promise.all(Array.from({ length: count }, (_, series) => one(series)));
  signal.throwIfAborted();
  if (failures.length > 0) throw failures[0];
}
