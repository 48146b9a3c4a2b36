import { readFileSync } from "node:fs";
import { pino } from "pino";
import { allActivities } from "../all-activities.ts";
import type { WorkflowCode } from "../bundle.ts";
import { installRuntime, runWorkers } from "../worker.ts";
import { killing, type KillOrders } from "./kill-points.ts";

// A worker in a process of its own, which is told when to begin, and where to end itself or another.

/** The first of these begins it; later ones say where to kill next. */
export interface WorkerOrders {
  readonly address: string;
  /** A file with the workflows' code and build. */
  readonly code: string;
  readonly kill: KillOrders | null;
}

/** What it says: it polls; and after any order, that an activity has begun. */
export type WorkerNews = "ready" | "busy";

const orders: { current: KillOrders | null } = { current: null };
let [begun, busy] = [false, false];

process.on("message", ({ address, code, kill }: WorkerOrders) => {
  [orders.current, busy] = [kill, false];
  if (!begun) void work(address, code);
  begun = true;
});
process.on("disconnect", () => process.exit(0)); // nobody else would end it

function tell(news: WorkerNews): void {
  process.send?.(news);
}

async function work(address: string, file: string): Promise<void> {
  const log = pino({ level: "warn" }, process.stderr);
  installRuntime(log, null);
  const code = JSON.parse(readFileSync(file, "utf8")) as WorkflowCode;
  await runWorkers({
    ...{ address, code, log, queues: ["cpu", "gpu"], threads: 1, graceMs: 0 },
    activities: (queue, tools) => announced(killing(allActivities(queue, tools), orders)),
    signal: new AbortController().signal,
    onReady: () => tell("ready"),
  });
}

type Named = ReturnType<typeof killing>;

function announced(activities: Named): Named {
  const entries = Object.entries(activities).map(([name, activity]) => {
    const told = (...args: never[]): Promise<unknown> => {
      if (!busy) tell("busy");
      busy = true;
      return activity(...args);
    };
    return [name, told] as const;
  });
  return Object.fromEntries(entries);
}
