import type { TaskTable } from "../compute/task.ts";

/** Never gives up the thread: what a tight loop over arrays does. */
async function busy({ ms }: { readonly ms: number }): Promise<string> {
  const until = performance.now() + ms;
  let sum = 0;
  while (performance.now() < until) sum += Math.sqrt(sum + 1);
  return sum > 0 ? "done" : "nothing";
}

export const TASKS = { busy: async () => busy } satisfies TaskTable;
