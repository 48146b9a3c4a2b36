import type { ActivityHost, ActivityTools } from "../activity-host.ts";
import type { SeriesRef } from "../job.ts";
import type { Answered, AnswerInput } from "./answer.ts";
import { Arrivals } from "./arrivals.ts";
import { FolderWatch } from "../../src/lib/adapters/folder/folder-watch.ts";
import { isStopped } from "./followed.ts";
import { lookAt, type Looked, type LookParts } from "./look.ts";
import { liveJob } from "./moments.ts";
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
  /** Candles, moments, outcomes and answers: everything that has come since. */
  look(input: AnswerInput): Promise<Looked>;
  /** What a look left: further moments, or one that waited for other series. */
  answer(input: AnswerInput): Promise<Answered>;
  /** The newest moment → its live state on the index. */
  show(ref: SeriesRef): Promise<Shown>;
}

export function liveActivities(tools: ActivityTools): LiveActivities {
  const { host, pools } = tools;
  const parts = lookParts(tools);
  const watched = new FolderWatch();
  return {
    openLive: async (ref) => {
      const { series, encoder, everyMs, patienceMs, index } = liveJob(ref);
      const { symbol, timeframe } = series[ref.series]!;
      const hasIndex = index !== null;
      return { symbol, timeframe, encoder, everyMs, patienceMs, hasIndex, stopped: isStopped(ref) };
    },
    look: async (input) => {
      const current = host();
      watchFor(watched, input, current);
      const looked = await lookAt(input, parts, current.signal);
      tellNewest(current, input, looked);
      return looked;
    },
    answer: (input) => parts.answer(input),
    show: (ref) => pools.index.run("showState", ref, host()),
  };
}

/** So long a look waits for other series that close the same candle; longer ones its workflow waits for. */
const SOON_MS = 1_000;

/** The parts of a look, each in the thread that it belongs to. */
export function lookParts({ host, pools }: ActivityTools): LookParts {
  const arrivals = new Arrivals();
  return {
    pollSource: (ref) => {
      const { origin } = liveJob(ref).series[ref.series]!;
      // What a folder has said so far is known by one thread alone.
      const pool = origin.kind === "exchange" ? pools.sources.of(origin) : pools.live;
      return pool.run("pollSource", ref, host());
    },
    advance: async (ref) => {
      const advanced = await pools.live.run("advanceSeries", ref, host());
      if (advanced.anchors > 0) arrivals.came(ref.memory);
      return advanced;
    },
    answer: async (input) => {
      const current = host();
      const until = performance.now() + Math.min(SOON_MS, liveJob(input).patienceMs);
      for (;;) {
        const said = await pools.live.run("answerSeries", input, current);
        const left = until - performance.now();
        if (said.waitsFor === 0 || left <= 0) return said;
        await arrivals.next(input.memory, said.waitsFor, Math.min(left, ELSEWHERE_MS), current.signal);
      }
    },
  };
}

/** Another worker may bring the others forward: nobody tells of that here. */
const ELSEWHERE_MS = 250;

/** Who follows a folder is told when a file of it is written; as long as its workflow can be told. */
function watchFor(watched: FolderWatch, ref: SeriesRef, { tell, workflow }: ActivityHost): void {
  const { origin, symbol, timeframe } = liveJob(ref).series[ref.series]!;
  if (origin.kind !== "folder" || tell === undefined) return;
  const told = (): void => void tell(workflow).catch(() => watched.forget(workflow));
  try {
    watched.watch(origin.folder, workflow, { symbol, timeframe, tell: told });
  } catch {
    // A folder that is away, or too many are watched: the look says so, or goes by the clock.
  }
}

/** An instant, not how long ago it was: that goes on growing where nobody works on the series any more. */
function tellNewest(host: ActivityHost, ref: SeriesRef, { newest }: Pick<Looked, "newest">): void {
  if (newest === null) return;
  const { symbol, timeframe } = liveJob(ref).series[ref.series]!;
  host.metrics.gauge("newest_close_timestamp_seconds", newest / 1000, { symbol, timeframe });
}
