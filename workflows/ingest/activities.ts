import type { ActivityTools } from "../activity-host.ts";
import type { SeriesRef } from "../job.ts";
import type { Ingested } from "./tasks.ts";

export interface IngestActivities {
  /** Candles of one series of a job into the truth. */
  ingestSeries(ref: SeriesRef): Promise<Ingested>;
}

export function ingestActivities({ host, pools }: ActivityTools): IngestActivities {
  return { ingestSeries: (ref) => pools.cpu.run("ingestSeries", ref, host()) };
}
