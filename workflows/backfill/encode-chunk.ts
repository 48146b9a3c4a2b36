import path from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { heldEncoder } from "../../src/lib/adapters/folder/held-encoders.ts";
import type { MemoryFolder } from "../../src/lib/adapters/sqlite/open-memory.ts";
import type { Encoder } from "../../src/lib/encoder/encoder.ts";
import type { Memory, PatternBatch } from "../../src/lib/memory/memory.ts";
import { hashParts } from "../../src/lib/math/hash.ts";
import { anchorsWith, putMoments } from "../../src/lib/remember/put-moments.ts";
import { views, type View } from "../../src/lib/remember/views.ts";
import type { Backend } from "../activity-host.ts";
import type { TaskTools } from "../compute/task.ts";
import { FAILURES } from "../failure-type.ts";
import { failureOf } from "../failures.ts";
import { readJob } from "../job-folder.ts";
import type { BackfillJob, SeriesRef } from "../job.ts";
import { reading } from "../memory-access.ts";
import { Prepared, type PreparedView } from "./prepared.ts";
import { keyOf } from "./series-key.ts";
import { writeSegment, type Segment } from "./segment.ts";

export interface EncodeInput extends SeriesRef {
  readonly encoder: string;
  /** Of the worker. */
  readonly backend: Backend;
}

/** Of this thread: a chunk takes what the chunk before it has made of the candles. */
const prepared = new Prepared();

/**
 * The next segment of a series that the memory lacks, null where it lacks none. Only what a chunk hears is encoded for it,
 * so that whoever comes after a kill goes on behind what was committed.
 */
export async function encodeChunk(input: EncodeInput, tools: TaskTools): Promise<Segment | null> {
  const job = readJob<BackfillJob>(input, "backfill");
  if (job.backend !== input.backend)
    throw failureOf(FAILURES.wrongBackend, `the job is of ${job.backend}, this worker of ${input.backend}`);
  return reading(input.memory, async (folder) => {
    const key = keyOf(folder, job, input.series);
    const encoder = heldEncoder(folder, input.encoder);
    const memory = folder.memory(job.tenant, encoder);
    for (const view of views(folder.candles, key)) {
      tools.signal.throwIfAborted();
      if (!view.isAnchor.includes(1)) continue;
      const name = nameOf(view, input.encoder, job.horizons);
      const segment = await nextOf(view, name, { folder, input, job, key, encoder, memory }, tools);
      if (segment) return segment;
    }
    return null;
  });
}

interface Work {
  readonly folder: MemoryFolder;
  readonly input: EncodeInput;
  readonly job: BackfillJob;
  readonly key: ReturnType<typeof keyOf>;
  readonly encoder: Encoder;
  readonly memory: Memory;
}

async function nextOf(view: View, name: string, work: Work, tools: TaskTools): Promise<Segment | null> {
  const { input, job, encoder } = work;
  const { horizons } = job;
  const { signal } = tools;
  const ready = await prepared.of(name, view, encoder, {
    ...{ horizons, signal },
    onStage: async (stage) => {
      tools.progress({ stage });
      await nextTurn();
    },
  });
  const isStored = await storedIn(ready, view, work);
  const lacking = ready.rows.filter((row) => view.isAnchor[row] === 1 && !isStored(row));
  if (lacking.length === 0) return null;
  tools.progress({ stage: "embeddings", left: lacking.length });
  await nextTurn();
  const last = lacking[Math.min(job.chunk, lacking.length) - 1]!;
  const batches = await batchesOf(ready, lacking[0]!, last + 1, { view, ...work }, tools);
  return writeSegment(input, path.join("segments", String(input.series), name), batches);
}

/** Which base rows the memory holds, with all the base forecasts that there are of them. */
async function storedIn(
  { columns }: PreparedView,
  { series: { knownAt } }: View,
  { folder, job: { tenant, horizons }, key: series, encoder, memory }: Work,
): Promise<(row: number) => boolean> {
  const whole = await anchorsWith(memory, series, horizons);
  if (whole.size > 0) return (row) => whole.has(knownAt[row]!);
  // The newest one lacks a forecast: of a horizon that is new, or since its history is too short for any.
  const stored = new Set(await memory.anchors(series));
  const lacks = horizons.map((horizon) => {
    const held = folder.forecastAnchors({ tenant, encoder: encoder.version, horizon, series });
    return (row: number) => Number.isFinite(columns.base[horizon]![row]!) && !held.has(knownAt[row]!);
  });
  return (row) => stored.has(knownAt[row]!) && !lacks.some((lack) => lack(row));
}

/** What `remember` would put of base rows [from, to), caught before it reaches the memory. */
async function batchesOf(
  { columns, embeddings }: PreparedView,
  from: number,
  to: number,
  { view, job, key, encoder, memory }: Work & { readonly view: View },
  { signal }: TaskTools,
): Promise<readonly PatternBatch[]> {
  const batches: PatternBatch[] = [];
  const put: Memory["put"] = async (batch) => {
    batches.push(batch);
    await nextTurn();
    return { written: batch.anchors.length, unchanged: 0 };
  };
  const moments = { ...columns, embeddings: embeddings(from, to, signal) };
  await putMoments({ ...memory, put }, encoder, key, view, moments, { horizons: job.horizons, signal });
  return batches;
}

/** A view by what it holds, so that news make it another. */
function nameOf({ from, to, series }: View, encoder: string, horizons: readonly string[]): string {
  const what = `${from} ${to} ${encoder} ${horizons.join()}`;
  return hashParts(what, series.openTime, series.knownAt, series.close).slice(0, 24);
}
