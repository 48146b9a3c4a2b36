import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Chunk, ChunkReport } from "./chunk.ts";
import type { WorkerData } from "./worker.ts";

const MOST_WORKERS = 2;

/** As many as a run uses unless told otherwise. */
export function usualWorkers(): number {
  return Math.min(MOST_WORKERS, availableParallelism());
}

export interface RunChunksOptions extends WorkerData {
  readonly workers: number;
  readonly signal: AbortSignal;
}

/**
 * Checks chunks in worker threads and yields their reports as they end. A chunk that an abort finds unfinished is
 * given up.
 * @throws what made a worker fail, or the reason of the abort
 */
export async function* runChunks(
  chunks: readonly Chunk[],
  { workers, signal, registry, only }: RunChunksOptions,
): AsyncGenerator<ChunkReport> {
  signal.throwIfAborted();
  const file = new URL("./worker.ts", import.meta.url);
  const workerData: WorkerData = { registry, only };
  const crew = Array.from(
    { length: Math.min(workers, chunks.length) },
    () => new Worker(file, { workerData }),
  );
  const abort = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
  abort.catch(() => undefined);
  try {
    let next = 0;
    const busy = new Map<Worker, Promise<readonly [Worker, ChunkReport]>>();
    const start = (worker: Worker): void => {
      const chunk = chunks[next++];
      if (chunk) busy.set(worker, reportOf(worker, chunk));
      else busy.delete(worker);
    };
    crew.forEach(start);
    while (busy.size > 0) {
      const [worker, report] = await Promise.race([...busy.values(), abort]);
      start(worker);
      yield report;
    }
  } finally {
    await Promise.all(crew.map((worker) => worker.terminate()));
  }
}

function reportOf(worker: Worker, chunk: Chunk): Promise<readonly [Worker, ChunkReport]> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(error);
    worker.once("error", fail);
    worker.once("message", (report: ChunkReport) => {
      worker.off("error", fail);
      resolve([worker, report]);
    });
    worker.postMessage(chunk, []);
  });
}
