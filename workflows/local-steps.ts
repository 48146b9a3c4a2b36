import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { ApplicationFailure } from "@temporalio/common";
import type { ActivityHost, Json, Metrics } from "./activity-host.ts";
import { asFailure } from "./failures.ts";
import { attemptsOf, retryAfter } from "./retry-after.ts";

/** What the conductor in process is told of its activities. */
export interface LocalEvents {
  /** An activity is through: its name, and how many are. Awaited before its plan goes on. */
  readonly onStep?: (activity: string, count: number) => void | Promise<void>;
  /** What a running activity tells. */
  readonly onTold?: (activity: string, told: Json) => void;
  readonly onLog?: (level: "info" | "warn" | "error", message: string) => void;
}

type Steps = Readonly<Record<string, (input: never) => Promise<unknown>>>;

const QUIET: Metrics = { count: () => undefined, gauge: () => undefined, observe: () => undefined };

/**
 * Runs activities in process as Temporal would: one host for each attempt, retried by the same rules. A retry is told
 * what the attempt before it told last.
 */
export class LocalSteps {
  readonly #hosts = new AsyncLocalStorage<ActivityHost>();
  readonly #workflow: string;
  readonly #signal: AbortSignal;
  readonly #events: LocalEvents;
  readonly #onChange: () => void;
  #count = 0;

  constructor(workflow: string, signal: AbortSignal, events: LocalEvents, onChange: () => void) {
    this.#workflow = workflow;
    this.#signal = signal;
    this.#events = events;
    this.#onChange = onChange;
  }

  readonly host = (): ActivityHost => {
    const host = this.#hosts.getStore();
    if (!host) throw new Error("no activity runs here");
    return host;
  };

  /** The same activities, as a plan calls them. @param attempts how often each is tried; default: as RETRY says */
  of<T extends object>(activities: T, attempts: Readonly<Record<string, number>> = {}): T {
    const entries = Object.entries(activities as unknown as Steps).map(
      ([name, activity]) =>
        [name, (input: never) => this.#run(name, () => activity(plain(input)), attempts[name])] as const,
    );
    return Object.fromEntries(entries) as unknown as T;
  }

  async #run(activity: string, work: () => Promise<unknown>, limit?: number): Promise<unknown> {
    let before: Json = null;
    for (let attempt = 1; ; attempt++) {
      this.#signal.throwIfAborted();
      const host = this.#hostOf(activity, attempt, before, (told) => {
        before = told;
      });
      try {
        const result = plain(await this.#hosts.run(host, work));
        await this.#events.onStep?.(activity, ++this.#count);
        return result;
      } catch (error) {
        const failure = asFailure(error, this.#signal);
        const wait = retryAfter(attempt, attemptsOf(failure, limit));
        if (!(failure instanceof ApplicationFailure) || failure.nonRetryable || wait === null) throw failure;
        host.log("warn", `${activity}, attempt ${attempt}: ${failure.message}`);
        await sleep(wait, undefined, { signal: this.#signal });
      } finally {
        this.#onChange();
      }
    }
  }

  #hostOf(activity: string, attempt: number, before: Json, onTold: (told: Json) => void): ActivityHost {
    return {
      ...{ signal: this.#signal, attempt, workflow: this.#workflow, activity, before, metrics: QUIET },
      heartbeat: (told) => {
        onTold(told);
        this.#events.onTold?.(activity, told);
      },
      log: (level, message) => this.#events.onLog?.(level, message),
      now: () => Date.now(),
    };
  }
}

/** What is left of a value after Temporal has carried it: no class, no typed array, no NaN. */
function plain<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}
