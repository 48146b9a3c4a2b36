import { parentPort, workerData } from "node:worker_threads";
import { checkChunk, type Chunk } from "./chunk.ts";
import { loadSubjects } from "./subjects.ts";

// A worker of `run-chunks.ts`: a chunk comes in, its report goes out.

export interface WorkerData {
  readonly registry: string;
  /** Only these subjects; null for all. */
  readonly only: readonly string[] | null;
}

const { registry, only } = workerData as WorkerData;
const all = await loadSubjects(registry);
const subjects = only === null ? all : all.filter(({ name }) => only.includes(name));

parentPort!.on("message", (chunk: Chunk) => {
  checkChunk(chunk, subjects, () => performance.now()).then(
    (report) => parentPort!.postMessage(report, []),
    (error: unknown) => {
      throw error;
    },
  );
});
