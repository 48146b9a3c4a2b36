import { heldEncoder } from "../../src/lib/adapters/folder/held-encoders.ts";
import { openMemoryFolder, type MemoryFolder } from "../../src/lib/adapters/sqlite/open-memory.ts";
import type { AnomalyDetector } from "../../src/lib/anomaly/detector.ts";
import type { SeriesKey } from "../../src/lib/candles/candle-series.ts";
import type { Encoder } from "../../src/lib/encoder/encoder.ts";
import type { Memory } from "../../src/lib/memory/memory.ts";
import { seriesName } from "../../src/lib/memory/names.ts";
import type { LiveSeries } from "../../src/lib/remember/live-series.ts";
import type { LiveJob } from "../job.ts";
import type { EpochMs } from "../../src/lib/time/units.ts";
import { LiveRecords } from "../../src/lib/adapters/folder/live-records.ts";

/** What a thread keeps of one series between its candles; all of it is made again from the truth where it is lost. */
export interface LiveKept {
  series: LiveSeries | null;
  detector: AnomalyDetector | null;
  /** A moment that is stored; later ones may be. */
  newest: EpochMs;
}

/**
 * A memory as a thread follows it: open for reading, searched in RAM, with the state of each series. Whatever goes wrong
 * with it, `forget` it: the next one begins with what is stored.
 */
export class LiveMemory {
  readonly folder: MemoryFolder;
  readonly encoder: Encoder;
  readonly memory: Memory;
  readonly records: LiveRecords;
  readonly #kept = new Map<string, LiveKept>();

  readonly #reads: string | null;

  constructor(path: string, job: FollowedThrough) {
    this.folder = openMemoryFolder(path, { mode: "read" });
    this.#reads = readsOf(this.folder, job);
    this.encoder = encoderOf(this.folder, job, this.#reads);
    this.memory = this.folder.memory(job.tenant, this.encoder);
    this.records = new LiveRecords(this.folder, this.memory, this.encoder);
  }

  /** Whether its channel still reads what it read when this was opened. */
  isOf(job: FollowedThrough): boolean {
    return readsOf(this.folder, job) === this.#reads;
  }

  kept(key: SeriesKey): LiveKept {
    const name = seriesName(key);
    const kept = this.#kept.get(name) ?? { series: null, detector: null, newest: -Infinity };
    this.#kept.set(name, kept);
    return kept;
  }
}

/** Through which encoder a job follows its series. */
export type FollowedThrough = Pick<LiveJob, "tenant" | "encoder" | "channel" | "series">;

/** What the channel of a job reads now; null: it names none, or that reads nothing in particular. */
function readsOf(folder: MemoryFolder, { tenant, channel }: FollowedThrough): string | null {
  return channel === undefined ? null : (folder.channels.get(tenant, channel)?.encoder ?? null);
}

/** A version that does not begin with the timeframe of the job says nothing about it. */
function encoderOf(
  folder: MemoryFolder,
  { encoder, series }: FollowedThrough,
  reads: string | null,
): Encoder {
  const read = reads === null ? null : heldEncoder(folder, reads);
  return read?.design.timeframes[0] === series[0]!.timeframe ? read : heldEncoder(folder, encoder);
}

const open = new Map<string, LiveMemory>();

/**
 * The memory of a job, kept by this thread from call to call, through the encoder that its channel reads by now. One that failed is opened anew the next time, unless it was
 * only stopped.
 */
export async function withLive<T>(
  path: string,
  job: FollowedThrough,
  signal: AbortSignal,
  work: (live: LiveMemory) => Promise<T>,
): Promise<T> {
  const { timeframe } = job.series[0]!;
  const name = JSON.stringify([path, job.tenant, job.encoder, job.channel ?? null, timeframe]);
  const live = current(name, job) ?? new LiveMemory(path, job);
  open.set(name, live);
  try {
    return await work(live);
  } catch (error) {
    if (!signal.aborted) {
      open.delete(name);
      live.folder.close();
    }
    throw error;
  }
}

/** The one that is open, unless another version is read since: series then go on through that one. */
function current(name: string, job: FollowedThrough): LiveMemory | null {
  const live = open.get(name);
  if (live === undefined || live.isOf(job)) return live ?? null;
  open.delete(name);
  live.folder.close();
  return null;
}

/** Lets go of everything: what a thread that ends does by itself. */
export function forgetLive(): void {
  for (const { folder } of open.values()) folder.close();
  open.clear();
}
