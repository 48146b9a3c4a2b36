import { setImmediate as nextTurn } from "node:timers/promises";
import { encoderForHeld } from "../../src/lib/adapters/folder/encoder-for.ts";
import { growRecord } from "../../src/lib/adapters/folder/grow-record.ts";
import { heldEncoder, keepEncoder } from "../../src/lib/adapters/folder/held-encoders.ts";
import type { MemoryFolder } from "../../src/lib/adapters/sqlite/open-memory.ts";
import type { SeriesKey } from "../../src/lib/candles/candle-series.ts";
import { viewAt } from "../../src/lib/remember/views.ts";
import type { TaskTools } from "../compute/task.ts";
import { readJob } from "../job-folder.ts";
import type { BackfillJob, JobRef, SeriesRef } from "../job.ts";
import { labelIn } from "../label/tasks.ts";
import { reading, Writer, writing } from "../memory-access.ts";
import { BufferedRecords } from "./buffered-records.ts";
import { committedAs, isWhole, markCommitted, readSegment, type Committed, type Segment } from "./segment.ts";
import { keyOf } from "./series-key.ts";

export interface Chosen {
  readonly encoder: string;
  readonly why: string;
}

export interface ChooseInput extends JobRef {
  /** Places of series that were given up. */
  readonly failed: readonly number[];
}

/** The encoder for all series that are there: held, shipped, or fitted now; kept in the memory. */
export async function chooseEncoder({ failed, ...ref }: ChooseInput, tools: TaskTools): Promise<Chosen> {
  const job = readJob<BackfillJob>(ref, "backfill");
  const places = [...job.series.keys()].filter((series) => !failed.includes(series));
  const { encoder, fitUntil, features } = job.wish;
  const { encoder: chosen, why } = await reading(ref.memory, (folder) => {
    const keys = places.map((series) => keyOf(folder, job, series));
    return encoderForHeld(folder, keys, job.tenant, {
      timeframes: job.timeframes,
      signal: tools.signal,
      onProgress: async ({ what, done, total }) => {
        tools.progress({ stage: what, done, total });
        await nextTurn();
      },
      ...(encoder === null ? {} : { encoder }),
      ...(features === null ? {} : { features }),
      ...(fitUntil === null ? {} : { fitUntil: () => fitUntil }),
    });
  });
  await writing(ref.memory, tools, (folder) => keepEncoder(folder, chosen));
  return { encoder: chosen.version, why };
}

export interface CommitInput extends SeriesRef {
  readonly encoder: string;
  readonly segment: Segment;
}

/** A segment into the memory. One that is there already is said to be so. */
export async function commitChunk(
  { encoder, segment, ...ref }: CommitInput,
  tools: TaskTools,
): Promise<Committed> {
  const before = committedAs(ref, segment.file);
  if (before && !isWhole(ref, segment)) return before;
  const { tenant, series } = readJob<BackfillJob>(ref, "backfill");
  const batches = readSegment(ref, segment);
  const writer = new Writer(ref.memory, tools);
  const done = { written: 0, unchanged: 0 };
  try {
    for (const batch of batches) {
      tools.signal.throwIfAborted();
      const { written, unchanged } = await writer.use((folder) =>
        folder
          .memory(tenant, { version: encoder, dim: batch.vectors.length / batch.anchors.length })
          .put(batch),
      );
      done.written += written;
      done.unchanged += unchanged;
      tools.progress({
        stage: "storing patterns",
        done: done.written + done.unchanged,
        total: segment.patterns,
      });
      await nextTurn();
    }
  } finally {
    writer.close();
  }
  tools.count("anchors", done.written, { symbol: series[ref.series]!.symbol });
  // A late attempt may have written the file once more: what was said of its moments stays.
  const said = before && done.written === 0 ? before : done;
  markCommitted(ref, segment, said);
  return said;
}

export interface EncodedSeries extends SeriesRef {
  readonly encoder: string;
}

export interface HorizonOf extends EncodedSeries {
  readonly horizon: string;
}

/** What followed every moment of a series, as far as it has matured. */
export async function labelHorizonOf(
  { encoder, horizon, ...ref }: HorizonOf,
  tools: TaskTools,
): Promise<{ readonly labelled: number; readonly revised: number }> {
  const job = readJob<BackfillJob>(ref, "backfill");
  const writer = new Writer(ref.memory, tools);
  try {
    return await reading(ref.memory, (folder) => {
      const of = { tenant: job.tenant, encoder, horizon, series: keyOf(folder, job, ref.series) };
      return labelIn(folder, writer, of, tools);
    });
  } finally {
    writer.close();
  }
}

/** The record of past answers of one series and horizon; returns its rows. */
export async function growRecordOf(
  { encoder, horizon, ...ref }: HorizonOf,
  tools: TaskTools,
): Promise<number> {
  const job = readJob<BackfillJob>(ref, "backfill");
  return growRecordIn(
    ref.memory,
    (folder) => ({ tenant: job.tenant, key: keyOf(folder, job, ref.series), encoder, horizon }),
    tools,
  );
}

/** The same for any series of a memory; puts down what it has in short pieces of writing. */
export async function growRecordIn(
  path: string,
  recordOf: (folder: MemoryFolder) => {
    readonly tenant: string;
    readonly key: SeriesKey;
    readonly encoder: string;
    readonly horizon: string;
  },
  tools: TaskTools,
): Promise<number> {
  const writer = new Writer(path, tools);
  try {
    return await reading(path, async (folder) => {
      const { tenant, key, horizon, ...of } = recordOf(folder);
      const encoder = heldEncoder(folder, of.encoder);
      const memory = folder.memory(tenant, encoder);
      const { calendar } = viewAt(folder.candles, key, Infinity).series;
      const records = new BufferedRecords(folder.records, writer);
      const shelved = Object.create(folder, { records: { value: records } }) as MemoryFolder;
      const rows = await growRecord(shelved, {
        ...{ memory, encoder, key, calendar, horizon, tenant, signal: tools.signal },
        onProgress: async ({ what, done, total }) => {
          tools.progress({ stage: what, done, total });
          await records.flush();
          await nextTurn();
        },
      });
      await records.flush();
      return rows;
    });
  } finally {
    writer.close();
  }
}
