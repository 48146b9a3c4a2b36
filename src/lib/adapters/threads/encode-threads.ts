import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Embeddings, EncodeOptions } from "../../encoder/encoder.ts";
import type { GnnEncoder } from "../../encoder/gnn/gnn-encoder.ts";
import { tablesOf } from "../../encoder/gnn/gnn-nodes.ts";
import type { FeatureTable, FeatureTables } from "../../features/feature.ts";
import type { ThreadAnswer, ThreadOrder } from "./encode-thread.ts";

const PIECES = 3; // for each thread, so that one that is held up holds up little

export interface ThreadsOptions {
  /** Default: as many as there are cores. */
  readonly threads?: number;
  /** `arrays`: the bits of `encodeHistory`. `simd`: WebAssembly in single precision, equal to 1e-5. */
  readonly with?: "arrays" | "simd";
}

/**
 * `encodeHistory` of one encoder on several threads, each a stretch of the anchors with the rows that they hear; threads
 * start once and stay until `close`. An encoder whose readouts sum up all rows so far cannot be cut: one thread does it.
 */
export class EncodeThreads {
  readonly #encoder: GnnEncoder;
  readonly #how: "arrays" | "simd";
  readonly #workers: readonly Worker[];

  constructor(
    encoder: GnnEncoder,
    { threads = availableParallelism(), with: how = "arrays" }: ThreadsOptions = {},
  ) {
    this.#encoder = encoder;
    this.#how = how;
    const file = new URL(
      `./encode-thread${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`,
      import.meta.url,
    );
    this.#workers = Array.from({ length: encoder.hearsNearby ? threads : 1 }, () => new Worker(file));
    for (const worker of this.#workers) {
      worker.unref();
      tell(worker, { kind: "model", model: encoder.model });
    }
  }

  /** How many there are. */
  get threads(): number {
    return this.#workers.length;
  }

  /** One call at a time. An abort ends all threads. @throws what a thread threw */
  async encodeHistory(tables: FeatureTables, options: EncodeOptions = {}): Promise<Embeddings> {
    const { from = 0, to = Infinity, signal } = options;
    signal?.throwIfAborted();
    const { design, origin, dim } = this.#encoder;
    const columns = tablesOf(tables, design.timeframes, origin.featureNames);
    const rows = this.#encoder.anchorRows(tables).filter((row) => row >= from && row < to);
    const vectors = new Float32Array(new SharedArrayBuffer(rows.length * dim * 4));
    const shared = columns.map(sharedTable);
    for (const worker of this.#workers) tell(worker, { kind: "columns", columns: shared });
    const size = Math.ceil(rows.length / (this.#workers.length > 1 ? this.#workers.length * PIECES : 1));
    let next = 0;
    const work = async (worker: Worker): Promise<void> => {
      while (next < rows.length) {
        const start = next;
        const end = (next = Math.min(next + size, rows.length));
        const range = { from: rows[start]!, to: rows[end - 1]! + 1 };
        await ask(worker, { kind: "encode", with: this.#how, ...range, vectors, at: start * dim }, signal);
      }
    };
    try {
      await Promise.all(this.#workers.map(work));
    } catch (error) {
      await this.close();
      throw error;
    }
    const anchors = Float64Array.from(rows, (row) => columns[0]!.knownAt[row]!);
    return { dim, rows, anchors, vectors: vectors.slice() };
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

function tell(worker: Worker, order: ThreadOrder): void {
  worker.postMessage(order, []);
}

function ask(worker: Worker, order: ThreadOrder, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      worker.off("message", answered).off("error", failed).off("exit", ended);
      signal?.removeEventListener("abort", aborted);
      worker.unref();
    };
    const answered = ({ failure }: ThreadAnswer): void => {
      done();
      if (failure === null) resolve();
      else reject(new Error(failure));
    };
    const failed = (error: unknown): void => {
      done();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    const ended = (): void => failed(new Error("an encoding thread ended"));
    const aborted = (): void => failed(signal!.reason);
    worker.ref();
    worker.on("message", answered).on("error", failed).on("exit", ended);
    signal?.addEventListener("abort", aborted, { once: true });
    tell(worker, order);
  });
}

/** The same rows in memory that all threads see. */
function sharedTable(table: FeatureTable): FeatureTable {
  return {
    ...table,
    values: sharedFloats(table.values),
    openTime: sharedFloats(table.openTime),
    knownAt: sharedFloats(table.knownAt),
  };
}

function sharedFloats(values: Float64Array): Float64Array {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const shared = new Float64Array(new SharedArrayBuffer(values.length * 8));
  shared.set(values);
  return shared;
}
