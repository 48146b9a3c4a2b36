import { Context } from "@temporalio/activity";
import type { ActivityTools } from "../activity-host.ts";
import { allActivities } from "../all-activities.ts";
import type { Activities, Queue } from "../worker.ts";

/** Activities that a test holds where they begin, until it lets them go on. */
export class Gate {
  readonly #closed = new Map<string, { readonly opened: Promise<void>; readonly open: () => void }>();
  readonly #held = new Map<string, number>();

  /** From now on attempts of this one wait. */
  close(activity: string): void {
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    this.#closed.set(activity, { opened, open });
    this.#held.set(activity, 0);
  }

  open(activity: string): void {
    this.#closed.get(activity)?.open();
    this.#closed.delete(activity);
  }

  /** How many attempts have come to it since it was closed. */
  held(activity: string): number {
    return this.#held.get(activity) ?? 0;
  }

  /** All activities, as workers of a test have them. */
  readonly activities = (queue: Queue, tools: ActivityTools): Activities =>
    Object.fromEntries(
      Object.entries(allActivities(queue, tools)).map(([name, activity]) => [
        name,
        async (...args: never[]) => {
          await this.#wait(name);
          return activity(...args);
        },
      ]),
    );

  async #wait(activity: string): Promise<void> {
    const closed = this.#closed.get(activity);
    if (!closed) return;
    this.#held.set(activity, this.held(activity) + 1);
    const context = Context.current();
    const beat = setInterval(() => context.heartbeat(null), 200);
    try {
      await Promise.race([closed.opened, context.cancelled]);
    } finally {
      clearInterval(beat);
    }
  }
}
