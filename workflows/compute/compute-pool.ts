import { Worker } from "node:worker_threads";
import { RhymeError } from "../../src/lib/errors.ts";
import type { ActivityHost, Json } from "../activity-host.ts";
import { failureOf } from "../failures.ts";
import type { Ask, SentError, Tell } from "./messages.ts";
import type { TaskInput, TaskName, TaskOutput } from "./tasks.ts";
import type { ThreadSetup } from "./thread.ts";

export interface ComputePoolOptions {
  /** Tasks that run at once. */
  readonly threads: number;
  /** Address of a module that exports TASKS; default: ./tasks.ts. */
  readonly tasks?: string;
  /** Addresses of modules with calendars of one's own. */
  readonly calendars?: readonly string[];
  /** Time between heartbeats while a task runs, or waits for a thread. */
  readonly heartbeatMs?: number;
  /** How long a cancelled task may take to end by itself before its thread is ended. */
  readonly graceMs?: number;
}

const EXTENSION = import.meta.url.endsWith(".ts") ? "ts" : "js";
const THREAD = new URL(`./thread.${EXTENSION}`, import.meta.url);
const TASKS = new URL(`./tasks.${EXTENSION}`, import.meta.url).href;

/**
 * Threads for what would block an activity worker: its main thread stays free to poll, and heartbeats flow however
 * busy a task is. A task that is cancelled is told so; one that does not listen within `graceMs` loses its thread.
 * @example const pool = new ComputePool({ threads: 2 }); await pool.run("wait", { ms: 10 }, host);
 */
export class ComputePool {
  readonly #options: Required<Omit<ComputePoolOptions, "threads">> & { readonly threads: number };
  readonly #idle: Thread[] = [];
  readonly #all = new Set<Thread>();
  readonly #waiting: (() => void)[] = [];
  #closed = false;

  constructor(options: ComputePoolOptions) {
    this.#options = { tasks: TASKS, calendars: [], heartbeatMs: 500, graceMs: 1_000, ...options };
  }

  /** @throws what the task threw; the reason of the host's signal where it was cancelled */
  async run<Name extends TaskName>(
    task: Name,
    input: TaskInput<Name>,
    host: ActivityHost,
  ): Promise<TaskOutput<Name>> {
    return (await this.runNamed(task, input, host)) as TaskOutput<Name>;
  }

  /** The same for tables of tasks of one's own. */
  async runNamed(task: string, input: unknown, host: ActivityHost): Promise<unknown> {
    let told = host.before;
    const beat = setInterval(() => host.heartbeat(told), this.#options.heartbeatMs);
    try {
      host.signal.throwIfAborted();
      host.heartbeat(told);
      const thread = await this.#thread(host.signal);
      try {
        return await thread.run({ task, input }, host, this.#options.graceMs, (progress) => {
          told = progress;
        });
      } finally {
        this.#giveBack(thread);
      }
    } finally {
      clearInterval(beat);
    }
  }

  /** Ends all threads; tasks that run, or wait for a thread, fail. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const go of this.#waiting.splice(0)) go(); // each sees that it is closed
    await Promise.all([...this.#all].map((thread) => thread.end()));
    this.#all.clear();
    this.#idle.length = 0;
  }

  /** An idle thread, a new one, or the next that becomes free. */
  async #thread(signal: AbortSignal): Promise<Thread> {
    for (;;) {
      if (this.#closed) throw new Error("the pool of threads was closed");
      const idle = this.#idle.pop();
      if (idle?.ended) {
        this.#all.delete(idle); // it died while nobody used it
        continue;
      }
      if (idle) return idle;
      if (this.#all.size < this.#options.threads) {
        const { tasks, calendars } = this.#options;
        const thread = new Thread({ tasks, calendars });
        this.#all.add(thread);
        return thread;
      }
      await this.#free(signal);
    }
  }

  #free(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(go), 1);
        reject(signal.reason as Error);
      };
      const go = (): void => {
        signal.removeEventListener("abort", stop);
        resolve();
      };
      signal.addEventListener("abort", stop, { once: true });
      this.#waiting.push(go);
    });
  }

  #giveBack(thread: Thread): void {
    if (thread.ended) this.#all.delete(thread);
    else this.#idle.push(thread);
    this.#waiting.shift()?.();
  }
}

/** One thread and what runs in it. */
class Thread {
  readonly #worker: Worker;
  #hear: ((tell: Tell) => void) | null = null;
  #lost: ((error: Error) => void) | null = null;
  #next = 0;
  ended = false;

  constructor(setup: ThreadSetup) {
    this.#worker = new Worker(THREAD, { workerData: setup });
    this.#worker.unref();
    this.#worker.on("message", (tell: Tell) => this.#hear?.(tell));
    this.#worker.on("error", (error: Error) => this.#lose(error));
    this.#worker.on("exit", (code) => this.#lose(new Error(`a thread ended with code ${code}`)));
  }

  async run(
    { task, input }: { readonly task: string; readonly input: unknown },
    host: ActivityHost,
    graceMs: number,
    onProgress: (told: Json) => void,
  ): Promise<unknown> {
    const id = this.#next++;
    const { signal } = host;
    let force: NodeJS.Timeout | undefined;
    const cancel = (): void => {
      this.#ask({ kind: "cancel", id });
      force = setTimeout(() => void this.end(), graceMs);
    };
    this.#worker.ref();
    try {
      const result = this.#result(id, host, onProgress);
      this.#ask({ kind: "run", id, task, input, before: host.before });
      if (signal.aborted) cancel();
      else signal.addEventListener("abort", cancel, { once: true });
      return await result;
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      clearTimeout(force);
      signal.removeEventListener("abort", cancel);
      this.#worker.unref();
      [this.#hear, this.#lost] = [null, null];
    }
  }

  async end(): Promise<void> {
    this.ended = true;
    await this.#worker.terminate();
  }

  #ask(ask: Ask): void {
    this.#worker.postMessage(ask);
  }

  #lose(error: Error): void {
    this.ended = true;
    this.#lost?.(error);
  }

  #result(id: number, host: ActivityHost, onProgress: (told: Json) => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#lost = reject;
      this.#hear = (tell) => {
        if (tell.id !== id) return;
        if (tell.kind === "done") resolve(tell.output);
        else if (tell.kind === "failed") reject(errorOf(tell.error));
        else if (tell.kind === "progress") onProgress(tell.told);
        else if (tell.kind === "log") host.log(tell.level, tell.message, tell.fields);
        else host.metrics.count(tell.metric, tell.by, tell.labels);
      };
    });
  }
}

/** The error that a thread sent, with its class where it matters. */
function errorOf({ rhyme, name, message, stack, type, nonRetryable }: SentError): Error {
  if (rhyme) return new RhymeError(rhyme.kind, rhyme.fields);
  if (type !== null) return failureOf(type, message, nonRetryable);
  return Object.assign(new Error(message), { name, stack });
}
