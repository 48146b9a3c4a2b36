import type { ActivityTools } from "../activity-host.ts";
import type { SeriesRef } from "../job.ts";
import { tellLive } from "../live/tell-live.ts";
import type { Ingested } from "./tasks.ts";

export interface IngestActivities {
  /** Candles of one series of a job into the truth. */
  ingestSeries(ref: SeriesRef): Promise<Ingested>;
}

export function ingestActivities({ host, pools }: ActivityTools): IngestActivities {
  return {
    ingestSeries: async (ref) => {
      const current = host();
      const done = await pools.cpu.run("ingestSeries", ref, current);
      if (current.tell && done.added + done.corrected > 0)
        await tellLive(ref.memory, [done.key], current.tell);
      return done;
    },
  };
}
