import { existsSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openMemoryFolder, type MemoryFolder } from "../src/lib/adapters/sqlite/open-memory.ts";
import { JOB_FOLDER } from "../src/lib/adapters/sqlite/open-store.ts";
import { STORE_FILE } from "../src/lib/adapters/sqlite/store-header.ts";
import { isHeldByAnother } from "../src/lib/adapters/sqlite/writer-lock.ts";
import type { Memory } from "../src/lib/memory/memory.ts";
import type { TaskTools } from "./compute/task.ts";

/** How long one look for the lock blocks a thread, and the time between two looks. */
const LOOK_MS = 200;
const PAUSE_MS = 100;
/** A writer that goes on writing lets others in after this long. */
const LEASE_MS = 500;
/** … and stays out longer than one who waits does between two looks: whoever is there comes first. */
const STAY_OUT_MS = PAUSE_MS + 50;

type Stop = Pick<TaskTools, "signal">;

/** Reads of a memory, closed at the end. */
export async function reading<T>(memory: string, work: (folder: MemoryFolder) => Promise<T> | T): Promise<T> {
  const folder = openMemoryFolder(memory, { mode: "read" });
  try {
    return await work(folder);
  } finally {
    folder.close();
  }
}

/**
 * One short piece of writing; waits for whoever writes, as long as it takes, and can be stopped meanwhile.
 * @throws RhymeError "store" for anything but a writer that is at work; the signal's reason when stopped
 */
export async function writing<T>(
  memory: string,
  tools: Stop,
  work: (folder: MemoryFolder) => Promise<T> | T,
): Promise<T> {
  const folder = await openWriter(memory, tools);
  try {
    return await work(folder);
  } finally {
    folder.close();
  }
}

/** Never begins a memory but where a job is kept: one that is away for a minute is not to be found empty afterwards. */
async function openWriter(memory: string, { signal }: Stop): Promise<MemoryFolder> {
  for (;;) {
    signal.throwIfAborted();
    if (!mayBegin(memory)) openMemoryFolder(memory, { mode: "read" }).close(); // says what is amiss
    try {
      return openMemoryFolder(memory, { mode: "write", deadlineMs: LOOK_MS, writer: "a workflow" });
    } catch (error) {
      if (!isHeldByAnother(error)) throw error;
    }
    await sleep(PAUSE_MS, undefined, { signal });
  }
}

function mayBegin(memory: string): boolean {
  return [STORE_FILE, JOB_FOLDER].some((name) => existsSync(path.join(memory, name)));
}

/** Many short pieces of writing: the lock is kept from one to the next, and left to others twice a second. */
export class Writer {
  readonly #memory: string;
  readonly #tools: Stop;
  #folder: MemoryFolder | null = null;
  #since = 0;

  constructor(memory: string, tools: Stop) {
    this.#memory = memory;
    this.#tools = tools;
  }

  async use<T>(work: (folder: MemoryFolder) => Promise<T> | T): Promise<T> {
    if (this.#folder && performance.now() - this.#since > LEASE_MS) {
      this.close();
      await sleep(STAY_OUT_MS, undefined, { signal: this.#tools.signal });
    }
    if (!this.#folder) {
      this.#folder = await openWriter(this.#memory, this.#tools);
      this.#since = performance.now();
    }
    return work(this.#folder);
  }

  /** Memory that is read through `reader` and written in short pieces. */
  memory(reader: Memory): Memory {
    const { tenant, encoderVersion: version, dim } = reader;
    const mine = (folder: MemoryFolder): Memory => folder.memory(tenant, { version, dim });
    return {
      ...reader,
      put: (batch) => this.use((folder) => mine(folder).put(batch)),
      label: (batch) => this.use((folder) => mine(folder).label(batch)),
    };
  }

  close(): void {
    this.#folder?.close();
    this.#folder = null;
  }
}
