import type { GivenUp } from "./given-up.ts";
import { endJob, failedSeries, noteFailed, readJob } from "./job-folder.ts";
import type { JobRef, SeriesRef, SeriesSpec } from "./job.ts";

/** What a plan has to know of a job. */
export interface OpenedJob {
  readonly series: number;
  readonly horizons: readonly string[];
  readonly hasIndex: boolean;
}

/** A series as workflow ids and search attributes name it. */
export type SeriesName = Pick<SeriesSpec, "symbol" | "timeframe">;

export interface JobActivities {
  openJob(ref: JobRef): Promise<OpenedJob>;
  seriesName(ref: SeriesRef): Promise<SeriesName>;
  noteFailed(failed: SeriesRef & { readonly reason: string }): Promise<void>;
  /** A job is through: what was given up, said once and for all. */
  endJob(ended: JobRef & { readonly failed: readonly number[] }): Promise<GivenUp>;
}

/** How many of the series that were given up a result names. */
const NAMED = 20;

/** Small steps over the folder of a job, which any worker may take. */
export function jobActivities(): JobActivities {
  return {
    openJob: async (ref) => {
      const job = readJob(ref);
      const whole = job.kind === "backfill";
      return {
        series: job.series.length,
        horizons: whole ? job.horizons : [],
        hasIndex: whole && job.index !== null,
      };
    },
    seriesName: async ({ series, ...ref }) => {
      const { symbol, timeframe } = seriesOf(ref, series);
      return { symbol, timeframe };
    },
    noteFailed: async ({ series, reason, ...ref }) => {
      noteFailed(ref, { series, symbol: seriesOf(ref, series).symbol, reason });
    },
    endJob: async ({ failed, ...ref }) =>
      endJob(ref, () => {
        const failures = failedSeries(ref, failed).slice(0, NAMED);
        return {
          failed: failed.length,
          failures: failures.map(({ symbol, reason }) => ({ symbol, reason })),
        };
      }),
  };
}

function seriesOf(ref: JobRef, place: number): SeriesName {
  return readJob(ref).series[place]!;
}
