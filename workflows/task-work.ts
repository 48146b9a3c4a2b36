import { setImmediate as nextTurn } from "node:timers/promises";
import type { Work } from "../src/lib/adapters/folder/work.ts";
import type { TaskTools } from "./compute/task.ts";

/** What a use case of the library is given in a thread: it tells the heartbeat, and lets a cancellation through. */
export function workOf(tools: TaskTools): Work {
  return {
    signal: tools.signal,
    onNote: (text) => tools.log("info", text),
    onProgress: async ({ what, done, total }) => {
      tools.progress({ stage: what, done, total });
      await nextTurn();
    },
  };
}
