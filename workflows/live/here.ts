import type { ActivityHost, Labels } from "../activity-host.ts";
import { ComputePool } from "../compute/compute-pool.ts";
import { SourcePools } from "../compute/source-threads.ts";
import type { LiveActivities } from "./activities.ts";
import { liveActivities, lookParts } from "./activities.ts";
import type { LookParts } from "./look.ts";

/** The activities of live series in this process, in a thread of their own as a worker has it, and without a server. */
export interface LiveHere {
  readonly activities: LiveActivities;
  readonly parts: LookParts;
  /** What was counted so far, by name. */
  readonly counts: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

export function liveHere(signal: AbortSignal): LiveHere {
  const counts = new Map<string, number>();
  const host: ActivityHost = {
    ...{ signal, attempt: 1, workflow: "live/here", activity: "live", before: null },
    heartbeat: () => undefined,
    log: () => undefined,
    now: () => Date.now(),
    metrics: {
      count: (name: string, by: number, _labels?: Labels) =>
        void counts.set(name, (counts.get(name) ?? 0) + by),
      gauge: () => undefined,
      observe: () => undefined,
    },
  };
  const live = new ComputePool({ threads: 1 });
  const index = new ComputePool({ threads: 1 });
  const sources = new SourcePools();
  const pools = { writer: live, cpu: live, gpu: live, short: live, live, index, sources };
  const tools = { host: () => host, pools, backend: "arrays" } as const;
  const [activities, parts] = [liveActivities(tools), lookParts(tools)];
  const close = async (): Promise<void> => {
    await Promise.all([live, index, sources].map((pool) => pool.close()));
  };
  return { activities, parts, counts, close };
}
