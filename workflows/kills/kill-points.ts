import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Context } from "@temporalio/activity";
import { subjectOf } from "../workflow-ids.ts";
import type { Activities } from "../worker.ts";

/** Before an activity does anything, or after all it does and before its worker says so. */
export type Side = "before" | "after";

/** Where a process is to be ended with SIGKILL: at every point once. */
export interface KillOrders {
  /** Whose process is ended; null: the worker's own. */
  readonly pid: number | null;
  /** A point is a kind of activity, or one single activity of one workflow. */
  readonly points: "kind" | "each";
  readonly sides: readonly Side[];
  /** Folder of the points where one was ended already, a file each. */
  readonly done: string;
  /** All that comes to its point within so many ms after the first ends with it. */
  readonly gatherMs: number;
}

/**
 * The same activities, which end a process at the first point that is new. One order ends one process: a worker that
 * ended another asks for the next by `orders`.
 */
export function killing(activities: Activities, orders: { current: KillOrders | null }): Activities {
  const entries = Object.entries(activities).map(([name, activity]) => {
    const killed = async (...args: never[]): Promise<unknown> => {
      await killAt(name, "before", orders);
      const result = await activity(...args);
      await killAt(name, "after", orders);
      return result;
    };
    return [name, killed] as const;
  });
  return Object.fromEntries(entries);
}

async function killAt(activity: string, side: Side, orders: { current: KillOrders | null }): Promise<void> {
  const { current } = orders;
  if (current === null || !current.sides.includes(side)) return;
  const file = path.join(current.done, nameOf(activity, side, current.points));
  if (existsSync(file)) return;
  mkdirSync(current.done, { recursive: true });
  writeFileSync(file, "");
  if (current.gatherMs > 0) await pause(current.gatherMs); // those that come meanwhile go the same way
  orders.current = null;
  process.kill(current.pid ?? process.pid, "SIGKILL");
  if (current.pid === null) await new Promise(() => undefined);
}

/** An activity by its number in its workflow: the same whoever does it, and however often. */
function nameOf(activity: string, side: Side, points: KillOrders["points"]): string {
  if (points === "kind") return `${activity} ${side}`;
  const { activityId, workflowExecution } = Context.current().info;
  const { symbol } = subjectOf(workflowExecution?.workflowId ?? "");
  return `${activity} ${side} ${symbol ?? "all"} ${activityId}`;
}
