import path from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { heldEncoder } from "../../src/lib/adapters/folder/held-encoders.ts";
import type { MemoryFolder } from "../../src/lib/adapters/sqlite/open-memory.ts";
import type { Memory } from "../../src/lib/memory/memory.ts";
import { hashParts } from "../../src/lib/math/hash.ts";
import { momentsOf } from "../../src/lib/remember/moments.ts";
import { holdsMoments, putMoments } from "../../src/lib/remember/put-moments.ts";
import { views, type View } from "../../src/lib/remember/views.ts";
import type { Backend } from "../activity-host.ts";
import type { TaskTools } from "../compute/task.ts";
import { FAILURES } from "../failure-type.ts";
import { failureOf } from "../failures.ts";
import { readJob, readJson, writeJson } from "../job-folder.ts";
import type { BackfillJob, SeriesRef } from "../job.ts";
import { reading } from "../memory-access.ts";
import { keyOf } from "./series-key.ts";
import { committedAs, isWhole, writeSegment, type Segment } from "./segment.ts";
import { Spill } from "./spill.ts";

export interface EncodeInput extends SeriesRef {
  readonly encoder: string;
  /** Of the worker. */
  readonly backend: Backend;
}

/** What a pass over one view made of it. */
interface Pass {
  readonly segments: readonly Segment[];
}

/**
 * The next segment of a series that the memory lacks, null where it lacks none. One pass over a view's history makes all
 * segments of it, each kept as it is made; who comes again, or late, finds them. A pass that was cut off begins anew.
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
      const { segments } = await passOver(folder, view, { input, job, memory }, tools);
      const next = segments.find((segment) => committedAs(input, segment.file) === null);
      if (next) return next;
    }
    return null;
  });
}

interface Work {
  readonly input: EncodeInput;
  readonly job: BackfillJob;
  readonly memory: Memory;
}

async function passOver(folder: MemoryFolder, view: View, work: Work, tools: TaskTools): Promise<Pass> {
  const { input, job, memory } = work;
  const place = path.join("segments", String(input.series), nameOf(view, input.encoder, job.horizons));
  const before = readJson(input, `${place}.json`) as Pass | null;
  const usable = before?.segments.every(
    (segment) => isWhole(input, segment) || committedAs(input, segment.file) !== null,
  );
  if (before && usable) return before;
  const key = keyOf(folder, job, input.series);
  if (await holdsMoments(memory, key, view, job.horizons)) return { segments: [] };
  const encoder = heldEncoder(folder, input.encoder);
  const { signal } = tools;
  const moments = await momentsOf(view.series, encoder, {
    horizons: job.horizons,
    signal,
    onStage: async (stage) => {
      tools.progress({ stage });
      await nextTurn();
    },
  });
  const spill = new Spill(job.chunk, (batches) => writeSegment(input, place, batches));
  const onProgress = async (_stage: string, done: number, total: number): Promise<void> => {
    tools.progress({ stage: "keeping embeddings", done, total });
    await nextTurn();
  };
  // Put as `remember` puts them, into files instead of the memory.
  await putMoments({ ...memory, put: (batch) => spill.put(batch) }, encoder, key, view, moments, {
    ...{ horizons: job.horizons, signal, onProgress },
  });
  const pass = { segments: spill.end() };
  writeJson(input, `${place}.json`, pass);
  return pass;
}

/** A view by what it holds, so that news make it another. */
function nameOf({ from, to, series }: View, encoder: string, horizons: readonly string[]): string {
  const what = `${from} ${to} ${encoder} ${horizons.join()}`;
  return hashParts(what, series.openTime, series.knownAt, series.close).slice(0, 24);
}
