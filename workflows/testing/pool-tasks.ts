import { DatabaseSync } from "node:sqlite";
import { RhymeError } from "../../src/lib/errors.ts";
import type { TaskTable, TaskTools } from "../compute/task.ts";

/** Never gives up the thread: what a tight loop over arrays does. */
async function busy({ ms }: { readonly ms: number }, tools: TaskTools): Promise<string> {
  tools.progress({ stage: "busy" });
  const until = performance.now() + ms;
  let sum = 0;
  while (performance.now() < until) sum += Math.sqrt(sum + 1);
  return sum > 0 ? "done" : "nothing";
}

/** Listens, and says in a file that it did. */
async function listening({ ms }: { readonly ms: number }, tools: TaskTools): Promise<string> {
  const until = performance.now() + ms;
  while (performance.now() < until) {
    if (tools.signal.aborted) tools.log("info", "heard it");
    tools.signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return "done";
}

async function failing({ how }: { readonly how: "rhyme" | "bug" | "exit" }): Promise<never> {
  if (how === "exit") process.exit(3);
  if (how === "bug") throw new TypeError("a bug");
  throw new RhymeError("input", { place: "a", expected: "b", received: "c", remedy: "d" });
}

/** Is done, and ends its thread a moment later. */
async function dying({ afterMs }: { readonly afterMs: number }): Promise<string> {
  setTimeout(() => process.exit(0), afterMs);
  return "done";
}

/** Holds a write transaction for ever. */
async function locking({ file }: { readonly file: string }, tools: TaskTools): Promise<never> {
  const db = new DatabaseSync(file);
  db.exec("CREATE TABLE IF NOT EXISTS t (x); BEGIN IMMEDIATE; INSERT INTO t VALUES (1)");
  tools.progress({ locked: true });
  for (;;) await new Promise((resolve) => setTimeout(resolve, 1_000));
}

async function before(_input: unknown, tools: TaskTools): Promise<unknown> {
  tools.count("looks", 2, { symbol: "S" });
  return tools.before;
}

export const TASKS = {
  busy: async () => busy,
  listening: async () => listening,
  failing: async () => failing,
  dying: async () => dying,
  locking: async () => locking,
  before: async () => before,
} satisfies TaskTable;
