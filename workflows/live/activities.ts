import type { ActivityHost, ActivityTools } from "../activity-host.ts";
import type { SeriesRef } from "../job.ts";
import type { Advanced } from "./advance.ts";
import type { Answered, AnswerInput } from "./answer.ts";
import { isStopped } from "./followed.ts";
import { liveJob } from "./moments.ts";
import type { Polled } from "./poll.ts";
import type { Shown } from "./show.ts";

/** What a plan has to know of a series that is followed. */
export interface OpenedLive {
  readonly symbol: string;
  readonly timeframe: string;
  readonly encoder: string;
  readonly everyMs: number;
  readonly patienceMs: number;
  readonly hasIndex: boolean;
  /** Nobody is to follow it any more: there is nothing to do. */
  readonly stopped?: boolean;
}

export interface LiveActivities {
  openLive(ref: SeriesRef): Promise<OpenedLive>;
  /** New candles into the truth. */
  pollSource(ref: SeriesRef): Promise<Polled>;
  /** New candles → moments and outcomes. */
  advance(ref: SeriesRef): Promise<Advanced>;
  /** New moments → answers in the log. */
  answer(input: AnswerInput): Promise<Answered>;
  /** The newest moment → its live state on the index. */
  show(ref: SeriesRef): Promise<Shown>;
}

export function liveActivities({ host, pools }: ActivityTools): LiveActivities {
  return {
    openLive: async (ref) => {
      const { series, encoder, everyMs, patienceMs, index } = liveJob(ref);
      const { symbol, timeframe } = series[ref.series]!;
      const hasIndex = index !== null;
      return { symbol, timeframe, encoder, everyMs, patienceMs, hasIndex, stopped: isStopped(ref) };
    },
    pollSource: (ref) => {
      const { origin } = liveJob(ref).series[ref.series]!;
      // What a folder has said so far is known by one thread alone.
      const pool = origin.kind === "exchange" ? pools.sources : pools.live;
      return pool.run("pollSource", ref, host());
    },
    advance: async (ref) => {
      const current = host();
      const advanced = await pools.live.run("advanceSeries", ref, current);
      tellNewest(current, ref, advanced);
      return advanced;
    },
    answer: (input) => pools.live.run("answerSeries", input, host()),
    show: (ref) => pools.live.run("showState", ref, host()),
  };
}

/** An instant, not how long ago it was: that goes on growing where nobody works on the series any more. */
function tellNewest(host: ActivityHost, ref: SeriesRef, { newest }: Advanced): void {
  if (newest === null) return;
  const { symbol, timeframe } = liveJob(ref).series[ref.series]!;
  host.metrics.gauge("newest_close_timestamp_seconds", newest / 1000, { symbol, timeframe });
}
