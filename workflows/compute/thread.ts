import { parentPort, workerData } from "node:worker_threads";
import { resolveRhyme } from "../../src/lib/adapters/look-ahead/resolve-rhyme.ts";
import { registerCalendar } from "../../src/lib/time/calendars.ts";
import type { Calendar } from "../../src/lib/time/calendar.ts";
import type { Ask, Tell } from "./messages.ts";
import { sentError } from "./messages.ts";
import type { TaskTable, TaskTools } from "./task.ts";

// One thread of a pool: does one task at a time, and keeps what its modules keep between tasks.

/** What a thread is begun with. */
export interface ThreadSetup {
  /** Address of the module that exports TASKS. */
  readonly tasks: string;
  /** Addresses of modules with calendars of one's own. */
  readonly calendars: readonly string[];
}

const port = parentPort!;
const { tasks, calendars } = workerData as ThreadSetup;
const tell = (news: Tell): void => port.postMessage(news);

let running: { readonly id: number; readonly controller: AbortController } | null = null;

const ready = load();

async function load(): Promise<TaskTable> {
  if (calendars.length > 0) resolveRhyme(); // such a module imports "rhyme"
  for (const file of calendars) {
    const { default: made } = (await import(file)) as { default: Calendar | readonly Calendar[] };
    for (const calendar of [made].flat()) registerCalendar(calendar);
  }
  return ((await import(tasks)) as { TASKS: TaskTable }).TASKS;
}

port.on("message", (ask: Ask) => {
  if (ask.kind === "run") void run(ask);
  else if (running?.id === ask.id) running.controller.abort();
});

async function run({ id, task, input, before }: Extract<Ask, { kind: "run" }>): Promise<void> {
  const controller = new AbortController();
  running = { id, controller };
  const tools: TaskTools = {
    signal: controller.signal,
    before,
    progress: (told) => tell({ kind: "progress", id, told }),
    log: (level, message, fields = {}) => tell({ kind: "log", id, level, message, fields }),
    count: (metric, by, labels = {}) => tell({ kind: "count", id, metric, by, labels }),
    now: () => Date.now(),
  };
  try {
    const table = await ready;
    if (!Object.hasOwn(table, task)) throw new TypeError(`no task is called ${task}`);
    const work = await table[task]!();
    const output = await work(input as never, tools);
    tell({ kind: "done", id, output });
  } catch (error) {
    tell({ kind: "failed", id, error: sentError(error) });
  } finally {
    running = null;
  }
}
