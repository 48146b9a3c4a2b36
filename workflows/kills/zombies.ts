import { setTimeout as pause } from "node:timers/promises";
import { allActivities } from "../all-activities.ts";
import type { ActivityHost, ActivityTools } from "../activity-host.ts";
import { failureReason, failureType } from "../failure-type.ts";
import { asFailure } from "../failures.ts";
import type { Activities, Queue } from "../worker.ts";

/** What became of attempts that nobody waited for. */
export interface Zombies {
  /** How many ran, by activity. */
  readonly ran: Record<string, number>;
  /** Whatever they failed with, as `activity: type: message`. */
  readonly failed: string[];
  /** Those that still run. */
  readonly running: Set<Promise<void>>;
}

export function noZombies(): Zombies {
  return { ran: {}, failed: [], running: new Set() };
}

/** A zombie begins with its double, or this long after it: by then others are done that came after. */
const LATE_MS = [0, 400, 1_500] as const;

/**
 * Every activity of a queue twice: once as it should be, and once more by an attempt that its server has given up. It
 * has threads and connections of its own, hears of no cancellation, and nobody takes what it returns.
 * @param pools the zombies' own
 */
export function twice(
  queue: Queue,
  tools: ActivityTools,
  pools: ActivityTools["pools"],
  zombies: Zombies,
): Activities {
  const real = allActivities(queue, tools);
  const undead = allActivities(queue, { ...tools, pools, host: zombieHost });
  let count = 0;
  const raise = async (name: string, args: never[], wait: number): Promise<void> => {
    await pause(wait);
    zombies.ran[name] = (zombies.ran[name] ?? 0) + 1;
    try {
      await undead[name]!(...args);
    } catch (error) {
      zombies.failed.push(`${name}: ${failureType(asFailure(error))}: ${failureReason(error)}`);
    }
  };
  const entries = Object.entries(real).map(([name, activity]) => {
    const doubled = (...args: never[]): Promise<unknown> => {
      const zombie = raise(name, args, LATE_MS[count++ % LATE_MS.length]!);
      zombies.running.add(zombie);
      void zombie.finally(() => zombies.running.delete(zombie));
      return activity(...args);
    };
    return [name, doubled] as const;
  });
  return Object.fromEntries(entries);
}

function zombieHost(): ActivityHost {
  const nothing = (): void => undefined;
  return {
    ...{ signal: new AbortController().signal, attempt: 1, workflow: "", activity: "", before: null },
    ...{ heartbeat: nothing, log: nothing, now: () => Date.now() },
    metrics: { count: nothing, gauge: nothing, observe: nothing },
  };
}
