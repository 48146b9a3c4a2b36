import { setImmediate as nextTurn } from "node:timers/promises";
import { keptRecord } from "../../src/lib/adapters/folder/kept-record.ts";
import { GuardedStores } from "../../src/lib/adapters/weaviate/guarded-live.ts";
import { RhymeError } from "../../src/lib/errors.ts";
import { detectorFor, live as liveMoment } from "../../src/lib/remember/live.ts";
import type { EpochMs } from "../../src/lib/time/units.ts";
import type { TaskTools } from "../compute/task.ts";
import type { SeriesRef } from "../job.ts";
import { withLive } from "./live-memory.ts";
import { keyOf, liveJob, newestOf } from "./moments.ts";

/** What one moment may take of the index, ms. */
const INDEX_MS = 10_000;

/** An index that could not be written is left alone this long, ms: the next of many series does not wait for it as well. */
const ALONE_MS = 20_000;

const failed = new Map<string, { readonly at: number; readonly failure: string }>();

export interface Shown {
  /** The moment that was judged; null where there is none, or a newer candle was just coming in. */
  readonly anchor: EpochMs | null;
  readonly pValue: number | null;
  readonly anomalous: boolean;
  /** Why the state could not be written; null: it was, or that of a later moment stands there. */
  readonly failure: string | null;
}

/**
 * The newest moment of a series, judged by its past, as its live state on the index of the job; as an anomaly too, where
 * it is one. Again, or late, it writes the same, or leaves that of a later moment.
 */
export async function showState(ref: SeriesRef, tools: TaskTools): Promise<Shown> {
  const job = liveJob(ref);
  const series = keyOf(job, ref);
  const none = { anchor: null, pValue: null, anomalous: false, failure: null };
  if (job.index === null) return none;
  const before = failed.get(job.index);
  if (before !== undefined && Math.abs(tools.now() - before.at) < ALONE_MS)
    return { ...none, failure: before.failure };
  failed.delete(job.index);
  const { tenant, ask } = job;
  const { signal } = tools;
  const wish = { address: job.index, key: process.env["RHYME_WEAVIATE_KEY"], deadlineMs: INDEX_MS };
  const stores = new GuardedStores(tenant, { ...wish, onFailure: "memory" }, signal);
  try {
    return await withLive(ref.memory, job, signal, async (live) => {
      const { folder, memory, encoder } = live;
      const newest = await newestOf(live, series);
      if (newest === null) return none;
      const { record } = keptRecord(folder, { tenant, series, encoder, horizon: ask.horizon }, newest);
      const kept = live.kept(series);
      const onScored = async (scored: number): Promise<void> => {
        if (scored % 16 === 0) await nextTurn();
      };
      kept.detector ??= detectorFor(folder.candles, memory, encoder, { series, ...ask, signal, onScored });
      const options = { series, ...ask, record, detector: kept.detector, signal, now: tools.now() };
      const { judgement } = await liveMoment(folder.candles, memory, encoder, options, stores);
      const { anchor, pValue, anomalous } = judgement;
      return { anchor, pValue, anomalous, failure: stores.failure };
    });
  } catch (error) {
    // A candle that came in meanwhile is no moment yet: its own turn comes.
    if (error instanceof RhymeError && error.kind === "time") return none;
    throw error;
  } finally {
    if (stores.failure !== null) failed.set(job.index, { at: tools.now(), failure: stores.failure });
    await stores.close();
  }
}
