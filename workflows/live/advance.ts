import { setImmediate as nextTurn } from "node:timers/promises";
import type { SeriesKey } from "../../src/lib/candles/candle-series.ts";
import { startLive, storeLive } from "../../src/lib/remember/live-series.ts";
import type { EpochMs } from "../../src/lib/time/units.ts";
import type { TaskTools } from "../compute/task.ts";
import type { LiveJob, SeriesRef } from "../job.ts";
import { Writer } from "../memory-access.ts";
import { withLive, type LiveMemory } from "./live-memory.ts";
import { anchorsAfter, isStored, keyOf, liveJob, newestOf } from "./moments.ts";

export interface Advanced {
  /** Moments that are new. */
  readonly anchors: number;
  /** The newest moment there is; null where there is none. */
  readonly newest: EpochMs | null;
  /** Outcomes that became known, or were corrected. */
  readonly labelled: number;
  /** Something came late or otherwise than in its order: everything was looked at again. */
  readonly afresh: boolean;
  /** The version that embeds it: what the channel of its job reads. */
  readonly encoder: string;
}

/** Candles that were stored since → moments and outcomes. Again, or late, it changes nothing. */
export async function advanceSeries(ref: SeriesRef, tools: TaskTools): Promise<Advanced> {
  const job = liveJob(ref);
  const key = keyOf(job, ref);
  const writer = new Writer(ref.memory, tools);
  try {
    return await withLive(ref.memory, job, tools.signal, async (live) => {
      const before = await newestOf(live, key);
      const { afresh, labelled } = await advance(live, key, { job, writer, tools });
      const newest = await newestOf(live, key);
      const anchors =
        newest === null ? 0 : (await anchorsAfter(live, key, before ?? -Infinity, newest)).length;
      tools.count("anchors", anchors, { symbol: key.symbol });
      return { anchors, newest, labelled, afresh, encoder: live.encoder.version };
    });
  } finally {
    writer.close();
  }
}

interface Following {
  readonly job: LiveJob;
  readonly writer: Writer;
  readonly tools: TaskTools;
}

async function advance(
  live: LiveMemory,
  key: SeriesKey,
  { job, writer, tools }: Following,
): Promise<Pick<Advanced, "afresh" | "labelled">> {
  const { signal } = tools;
  const kept = live.kept(key);
  const following = kept.series;
  kept.series = null; // until all that it brought is stored: it goes on from there
  const batch = following?.next(live.folder.candles, signal) ?? null;
  if (batch !== null) {
    if (batch.patterns.length + batch.labels.length === 0) {
      kept.series = following;
      return { afresh: false, labelled: 0 };
    }
    const counts = await writer.use((folder) => storeLive(folder.memory(job.tenant, live.encoder), batch));
    live.records.changed();
    kept.series = following;
    return { afresh: false, labelled: counts.written + counts.revised };
  }
  if (!isStored(live, key)) return { afresh: true, labelled: 0 };
  const { series, report } = await startAfresh(live, key, { job, writer, tools });
  [kept.series, kept.detector] = [series, null];
  live.records.changed();
  const sum = (counts: Readonly<Record<string, number>>): number =>
    Object.values(counts).reduce((a, b) => a + b, 0);
  return { afresh: true, labelled: sum(report.labelled) + sum(report.revised) };
}

async function startAfresh(live: LiveMemory, key: SeriesKey, { job, writer, tools }: Following) {
  const { folder, memory, encoder } = live;
  const { live: series, report } = await startLive(folder.candles, writer.memory(memory), encoder, key, {
    ...{ horizons: job.horizons, signal: tools.signal },
    onProgress: async (stage, done, total) => {
      tools.progress({ stage, done, total });
      await nextTurn();
    },
  });
  return { series, report };
}
