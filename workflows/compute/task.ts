import type { Json } from "../activity-host.ts";

/** What a task in a thread sees of the activity that waits for it. */
export interface TaskTools {
  /** Aborted at the next turn of the event loop after a cancellation: long work takes turns, or is ended by force. */
  readonly signal: AbortSignal;
  /** What heartbeats tell from now on. */
  progress(told: Json): void;
  log(level: "info" | "warn" | "error", message: string, fields?: Readonly<Record<string, Json>>): void;
  count(metric: string, by: number, labels?: Readonly<Record<string, string>>): void;
  /** What the attempt before told last; null where there was none. */
  readonly before: Json;
  /** The clock, for what is measured; instants that end up in the truth come with the input. */
  now(): number;
}

/** Work in a thread: input and output are plain data, small enough for a payload unless the pool's owner keeps them. */
export type Task<Input, Output> = (input: Input, tools: TaskTools) => Promise<Output>;

/** By name: loads the one task that is asked for. */
export type TaskTable = Readonly<Record<string, () => Promise<Task<never, unknown>>>>;
