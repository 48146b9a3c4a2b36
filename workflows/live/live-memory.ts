import { heldEncoder } from "../../src/lib/adapters/folder/held-encoders.ts";
import { openMemoryFolder, type MemoryFolder } from "../../src/lib/adapters/sqlite/open-memory.ts";
import type { AnomalyDetector } from "../../src/lib/anomaly/detector.ts";
import type { SeriesKey } from "../../src/lib/candles/candle-series.ts";
import type { Encoder } from "../../src/lib/encoder/encoder.ts";
import type { Memory } from "../../src/lib/memory/memory.ts";
import { seriesName } from "../../src/lib/memory/names.ts";
import type { LiveSeries } from "../../src/lib/remember/live-series.ts";
import type { LiveJob } from "../job.ts";
import { LiveRecords } from "./live-records.ts";

/** What a thread keeps of one series between its candles; all of it is made again from the truth where it is lost. */
export interface LiveKept {
  series: LiveSeries | null;
  detector: AnomalyDetector | null;
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

  constructor(path: string, { tenant, encoder }: Pick<LiveJob, "tenant" | "encoder">) {
    this.folder = openMemoryFolder(path, { mode: "read" });
    this.encoder = heldEncoder(this.folder, encoder);
    this.memory = this.folder.memory(tenant, this.encoder);
    this.records = new LiveRecords(this.folder, this.memory, this.encoder);
  }

  kept(key: SeriesKey): LiveKept {
    const name = seriesName(key);
    const kept = this.#kept.get(name) ?? { series: null, detector: null };
    this.#kept.set(name, kept);
    return kept;
  }
}

const open = new Map<string, LiveMemory>();

/**
 * The memory of a job, kept by this thread from call to call. One that failed is opened anew the next time, unless it was
 * only stopped.
 */
export async function withLive<T>(
  path: string,
  job: Pick<LiveJob, "tenant" | "encoder">,
  signal: AbortSignal,
  work: (live: LiveMemory) => Promise<T>,
): Promise<T> {
  const name = JSON.stringify([path, job.tenant, job.encoder]);
  const live = open.get(name) ?? new LiveMemory(path, job);
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

/** Lets go of everything: what a thread that ends does by itself. */
export function forgetLive(): void {
  for (const { folder } of open.values()) folder.close();
  open.clear();
}
